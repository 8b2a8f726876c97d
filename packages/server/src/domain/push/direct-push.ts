/** Pushes that belong to no stored change (mobile-only ones): an outbox row of their own. */
import { ok, type RawJson } from '@carillon/protocol';
import type { OutboxRow, OutboxStore } from '../../ports/outbox-store.ts';
import type { Push } from '../../ports/push-sender.ts';
import type { Deliverer, Delivery, DeliverySource } from './delivery.ts';
import { personalPush } from './push-text.ts';

export type PushTemplate = Omit<Push, 'user'>;

const deliveryOf = (template: PushTemplate): Delivery => ({
  kind: 'push',
  publish: () => Promise.resolve(ok({ duplicate: false })),
  pushFor: (user) => Promise.resolve(personalPush(template, user)),
});

/** Stored when the promise resolves; sent after. */
export async function sendDirectPush(
  { outbox, deliverer }: { readonly outbox: OutboxStore; readonly deliverer: Deliverer },
  template: PushTemplate,
  users: readonly string[],
): Promise<void> {
  const outboxId = await outbox.add('push', JSON.stringify(template), users);
  await deliverer.deliver(outboxId, deliveryOf(template), users);
}

/** The reference was written by `sendDirectPush`, so it is trusted as it stands. */
const parseTemplate = (reference: RawJson): PushTemplate => JSON.parse(reference) as PushTemplate;

export const directPushSource: DeliverySource = (row: OutboxRow) =>
  Promise.resolve(deliveryOf(parseTemplate(row.reference)));
