/** What the services and the outbox relay agree on: how a stored change is told, now or after a crash. */
import type { Outcome } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { Eventually } from '../../ports/eventually.ts';
import type { OutboxRow } from '../../ports/outbox-store.ts';
import type { Push } from '../../ports/push-sender.ts';

/** How one stored change is told. */
export interface Delivery {
  readonly kind: OutboxRow['kind'];
  /** In real time. The key is the same on every attempt, so that a broker drops repeats. Never rejects. */
  publish(idempotencyKey: string): Promise<Outcome<PublishResult>>;
  /** Those of `users` who have not come back meanwhile; absent: being connected makes no difference. */
  stillAway?(users: readonly string[]): Eventually<readonly string[]>;
  /** What this person's devices should show; undefined when they need nothing any more. */
  pushFor(user: string): Promise<Push | undefined>;
}

/** Rebuilds the delivery of a row from the store; undefined when what it speaks of is gone. */
export type DeliverySource = (row: OutboxRow) => Promise<Delivery | undefined>;

/** The relay as the services use it, right after a commit. */
export interface Deliverer {
  /** This process sees to the row, later (`deliver` or `settle`); the relay leaves it alone. */
  hold(outboxId: number): void;
  /** Publishes at once and hands the pushes over. The result is absent when it could not be published yet. */
  deliver(
    outboxId: number,
    delivery: Delivery,
    pushTo: readonly string[],
  ): Promise<PublishResult | undefined>;
  /** There is nothing to tell: something newer says it too. */
  settle(outboxId: number): void;
}
