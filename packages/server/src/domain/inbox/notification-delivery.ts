/** How a stored notification is told: live with the counts behind it, else as a push. */
import type { Outcome } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { InboxCounts, InboxStore, Notification } from '../../ports/inbox-store.ts';
import type { OutboxRow } from '../../ports/outbox-store.ts';
import type { Store } from '../../ports/store.ts';
import type { Announcer } from '../announcer.ts';
import { userChannel } from '../channels.ts';
import type { CoreLink } from '../core-link.ts';
import { unreadTotal } from '../push/badge.ts';
import type { Delivery, DeliverySource } from '../push/delivery.ts';
import { usersAway } from '../push/push-policy.ts';
import { notificationPush } from '../push/push-text.ts';
import { countsFrame, notificationFrame } from './inbox-frames.ts';

/** A row left by a crash speaks of a recent notification; further back it is old news. */
const SEARCHED_PAGES = 10;
const PAGE = 100;

export interface NotificationDelivery {
  of(notification: Notification, counts: InboxCounts): Delivery;
  /** For rows that a crash left: told again from the store. */
  readonly source: DeliverySource;
}

export interface NotificationDeliveryDeps {
  readonly store: Pick<Store, 'chat' | 'inbox'>;
  readonly core: CoreLink;
  readonly announcer: Announcer;
}

export function createNotificationDelivery(deps: NotificationDeliveryDeps): NotificationDelivery {
  const of = (notification: Notification, counts: InboxCounts): Delivery => ({
    kind: 'notification',
    publish: (idempotencyKey) => publish(deps.announcer, { notification, counts, idempotencyKey }),
    stillAway: (users) => usersAway(users, deps.core.registry),
    async pushFor(user) {
      return notificationPush(notification, await unreadTotal(deps.store, user));
    },
  });
  return { of, source: (row) => rebuild(deps, of, row) };
}

interface Telling {
  readonly notification: Notification;
  readonly counts: InboxCounts;
  readonly idempotencyKey: string;
}

async function publish(
  announcer: Announcer,
  { notification, counts, idempotencyKey }: Telling,
): Promise<Outcome<PublishResult>> {
  const channel = userChannel(notification.user);
  const [told, counted] = await Promise.all([
    announcer.publish({
      kind: 'notification',
      channel,
      data: notificationFrame(notification),
      // The seq lets a stream resume without anybody parsing the payload.
      options: { idempotencyKey, tags: { seq: String(notification.seq) } },
    }),
    announcer.publish({
      kind: 'counts',
      channel,
      data: countsFrame(counts),
      options: { nativeOnly: true, idempotencyKey: `${idempotencyKey}:counts` },
    }),
  ]);
  return counted.ok ? told : counted;
}

/** Written by the store with the notification. */
const parseReference = (reference: string): { user: string; id: string } =>
  JSON.parse(reference) as { user: string; id: string };

async function rebuild(
  deps: NotificationDeliveryDeps,
  of: NotificationDelivery['of'],
  row: OutboxRow,
): Promise<Delivery | undefined> {
  const { user, id } = parseReference(row.reference);
  const notification = await find(deps.store.inbox, user, id);
  if (notification === undefined) return undefined;
  const delivery = of(notification, await deps.store.inbox.counts(user));
  if (notification.readAt === undefined) return delivery;
  return { ...delivery, pushFor: () => Promise.resolve(undefined) };
}

async function find(
  store: InboxStore,
  user: string,
  id: string,
): Promise<Notification | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < SEARCHED_PAGES; page++) {
    const { items, next } = await store.listNotifications(user, {
      filter: 'all',
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    const found = items.find((item) => item.id === id);
    if (found !== undefined || next === undefined) return found;
    cursor = next;
  }
  return undefined;
}
