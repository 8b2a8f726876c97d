/**
 * Sees every outbox row through: publication first, then pushes, then completion.
 *
 *   commit ──deliver──▶ published ──▶ pushes queued ──▶ completed
 *      └─ crash ─▶ claimed at the next start ─▶ (the same)      failed part ─▶ back in the store, later again
 *
 * A row handed over here is held: the poll leaves it alone. Memory is bounded: pushes beyond
 * `queuedRows` go back to the store. While the broker is away rows wait in the store, and one of
 * them tries it now and then; no row is given up for it. Where `leavesPushes`, pushes go to the
 * store at once, for the relay of another process.
 */
import type { Outcome } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { OutboxRow, OutboxStore } from '../../ports/outbox-store.ts';
import type { PushSender } from '../../ports/push-sender.ts';
import type { RelayLimits } from '../limits.ts';
import { backoffMs } from './backoff.ts';
import { createCompletions, type Completions } from './completions.ts';
import type { Deliverer, Delivery, DeliverySource } from './delivery.ts';
import { createOpenWork } from './open-work.ts';
import {
  createPushDispatcher,
  type DispatchResult,
  type PushDispatcher,
} from './push-dispatcher.ts';
import { isUnpublished, parseTarget, PUBLICATION, targetFor } from './remaining.ts';

/** Rows taken at once from the store. */
const CLAIM = 100;

/** Life of the relay that empties the outbox. */
export interface OutboxRelay {
  /** Relays what a crash left, then looks again every few seconds. */
  start(): void;
  /** Resolves when all that was handed over or claimed so far is sent or back in the store, or after `flushWithinMs`. */
  flush(): Promise<void>;
  /** Puts what waits back into the store for the next start, and finishes what runs. `flush` before it for a full drain. */
  stop(): Promise<void>;
}

export interface OutboxRelayDeps {
  readonly outbox: OutboxStore;
  readonly sources: Readonly<Record<OutboxRow['kind'], DeliverySource>>;
  readonly senders: readonly PushSender[];
  /** @default false */
  readonly leavesPushes?: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: RelayLimits;
}

/**
 * due: to be made by this try; failed: it was refused and has to wait; no broker: nothing can be
 * published at present, whatever it is.
 */
type PublicationState = 'done' | 'due' | 'failed' | 'no broker';

/** What it takes to put a row back. */
interface Place {
  readonly id: number;
  readonly attempts: number;
  readonly publication: PublicationState;
}

/** One row on its way through this process. */
interface Work extends Place {
  readonly delivery: Delivery;
  readonly entries: readonly string[];
  /** Of OpenWork. */
  readonly generation: number;
}

/** Refusals that speak of the broker, not of what was to be published. */
const BROKER_FAILURES: ReadonlySet<string> = new Set(['internal', 'not_available']);

const stateAfter = (outcome: Outcome<PublishResult>): 'done' | 'failed' | 'no broker' => {
  if (outcome.ok) return 'done';
  return BROKER_FAILURES.has(outcome.error) ? 'no broker' : 'failed';
};

/** The same for the first publication and all later ones of a row. */
const idempotencyKey = (outboxId: number): string => `outbox:${outboxId}`;

export function createOutboxRelay(deps: OutboxRelayDeps): OutboxRelay & Deliverer {
  return new Relay(deps);
}

class Relay implements OutboxRelay, Deliverer {
  readonly #deps: OutboxRelayDeps;
  readonly #dispatcher: PushDispatcher;
  readonly #completions: Completions;
  readonly #held = new Set<number>();
  readonly #queue: Work[] = [];
  readonly #open = createOpenWork();
  #activeRows = 0;
  #cancelPoll: (() => void) | undefined;
  #polling: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isPolling = false;
  #isBrokerAway = false;

  constructor(deps: OutboxRelayDeps) {
    this.#deps = deps;
    const { limits } = deps;
    this.#dispatcher = createPushDispatcher({ ...deps, concurrency: limits.concurrentPushes });
    this.#completions = createCompletions({
      ...deps,
      afterMs: limits.completeAfterMs,
      retryMs: limits.pollIntervalMs,
      onDone: (ids) => {
        for (const id of ids) this.#held.delete(id);
      },
    });
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#polling = this.#poll();
  }

  async flush(): Promise<void> {
    await this.#polling;
    await this.#within(this.#deps.limits.flushWithinMs, this.#open.whenDone());
    await this.#completions.flush();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
    await Promise.all(this.#queue.splice(0).map((work) => this.#unqueue(work, 'shutdown')));
    await this.flush();
  }

  hold(outboxId: number): void {
    this.#held.add(outboxId);
  }

  settle(outboxId: number): void {
    this.#held.add(outboxId);
    this.#completions.add(outboxId);
  }

  async deliver(
    outboxId: number,
    delivery: Delivery,
    pushTo: readonly string[],
  ): Promise<PublishResult | undefined> {
    this.#held.add(outboxId);
    const generation = this.#open.enter();
    const outcome = await delivery.publish(idempotencyKey(outboxId));
    const publication = this.#note(outcome);
    if (outcome.ok && pushTo.length === 0) {
      this.#completions.add(outboxId);
      this.#open.leave(generation);
    } else {
      const place = { id: outboxId, attempts: 0, publication };
      const work = { ...place, delivery, entries: pushTo, generation };
      if (this.#deps.leavesPushes === true) void this.#unqueue(work, 'left to a worker');
      else this.#enqueue(work);
    }
    return outcome.ok ? outcome.value : undefined;
  }

  #note(outcome: Outcome<PublishResult>): PublicationState {
    const state = stateAfter(outcome);
    const wasAway = this.#isBrokerAway;
    this.#isBrokerAway = state === 'no broker';
    if (wasAway && !this.#isBrokerAway) this.#pollSoon(0);
    return state;
  }

  #enqueue(work: Work): void {
    if (this.#queue.length >= this.#deps.limits.queuedRows) {
      void this.#unqueue(work, 'too many pushes wait');
      return;
    }
    this.#queue.push(work);
    this.#pump();
  }

  /** Not now: back to the store, untried. */
  async #unqueue(work: Work, reason: string): Promise<void> {
    // Nothing speaks against a try elsewhere right away.
    const afterMs = this.#deps.leavesPushes === true && work.publication === 'done' ? 0 : undefined;
    await this.#postpone(work, { left: this.#bySender(work.entries), reason }, afterMs);
    this.#open.leave(work.generation);
  }

  #pump(): void {
    while (this.#activeRows < this.#deps.limits.concurrentRows) {
      const work = this.#queue.shift();
      if (work === undefined) return;
      this.#activeRows++;
      void this.#runOne(work);
    }
  }

  async #runOne(work: Work): Promise<void> {
    try {
      await this.#run(work);
    } catch (error) {
      // A bug; the row stays in the store and comes back when its lease is over.
      this.#deps.logger.error({ err: error, outboxId: work.id }, 'outbox row failed');
      this.#held.delete(work.id);
    }
    this.#activeRows--;
    this.#open.leave(work.generation);
    this.#pump();
  }

  async #run(work: Work): Promise<void> {
    let { publication } = work;
    if (publication === 'due') {
      publication = this.#note(await work.delivery.publish(idempotencyKey(work.id)));
    }
    const result = await this.#dispatcher.dispatch(work.delivery, work.entries);
    if (publication === 'done' && result.left.length === 0) this.#completions.add(work.id);
    else await this.#putBack({ ...work, publication }, result);
  }

  /** Back to the store for another try, or buried after too many. */
  async #putBack(place: Place, result: DispatchResult): Promise<void> {
    const { limits, logger, outbox } = this.#deps;
    if (place.attempts + 1 < limits.maxAttempts || place.publication === 'no broker') {
      await this.#postpone(place, result);
      return;
    }
    const reason = result.reason ?? 'publication failed';
    logger.error({ outboxId: place.id, reason }, 'outbox row given up');
    await this.#letGo(place.id, () => outbox.bury(place.id, reason));
  }

  async #postpone(
    place: Place,
    { left, afterMs, reason }: DispatchResult,
    pauseMs = Math.max(afterMs ?? 0, this.#pauseFor(place)),
  ): Promise<void> {
    const { outbox, clock } = this.#deps;
    const pushTo = place.publication === 'done' ? left : [PUBLICATION, ...left];
    const next = { at: clock.now() + pauseMs, pushTo, reason: reason ?? 'publication failed' };
    await this.#letGo(place.id, () => outbox.retry(place.id, next));
  }

  #pauseFor({ attempts, publication }: Place): number {
    const { limits, random } = this.#deps;
    return publication === 'no broker'
      ? limits.publishRetryMs
      : backoffMs(attempts, limits, random);
  }

  /** When the store refuses, the row is where it was; the poll finds it when its lease is over. */
  async #letGo(id: number, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#deps.logger.warn({ outboxId: id, error: String(error) }, 'outbox row not put back');
    } finally {
      this.#held.delete(id);
    }
  }

  /** A provider that hangs must not hold a shutdown up. */
  #within(ms: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(ms, resolve);
      void work.then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Plain users spelt out per sender, because a plain one stands for "not published either". */
  #bySender(entries: readonly string[]): readonly string[] {
    return entries.flatMap((entry) => {
      const target = parseTarget(entry);
      if (target === undefined || target.sender !== undefined) return [entry];
      return this.#deps.senders.map(({ name }) => targetFor(target.user, name));
    });
  }

  async #poll(): Promise<void> {
    const { outbox, limits, logger } = this.#deps;
    this.#isPolling = true;
    try {
      for (;;) {
        const limit = this.#isBrokerAway
          ? 1
          : Math.min(CLAIM, limits.queuedRows - this.#queue.length);
        if (limit <= 0 || !this.#isStarted) break;
        const rows = await outbox.claim(limit, limits.leaseMs);
        for (const row of rows) await this.#relay(row);
        if (rows.length < limit || this.#isBrokerAway) break;
      }
    } catch (error) {
      logger.warn({ error: String(error) }, 'the outbox cannot be read at present');
    }
    this.#isPolling = false;
    const { pollIntervalMs, publishRetryMs } = limits;
    this.#pollSoon(this.#isBrokerAway ? Math.min(publishRetryMs, pollIntervalMs) : pollIntervalMs);
  }

  #pollSoon(afterMs: number): void {
    if (!this.#isStarted || this.#isPolling) return;
    this.#cancelPoll?.();
    this.#cancelPoll = this.#deps.clock.after(afterMs, () => {
      this.#polling = this.#poll();
    });
  }

  async #relay(row: OutboxRow): Promise<void> {
    if (this.#held.has(row.id) || !this.#isStarted) return;
    this.#held.add(row.id);
    const { id, attempts, kind, pushTo: entries } = row;
    let delivery: Delivery | undefined;
    try {
      delivery = await this.#deps.sources[kind](row);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // `done` leaves the entries as they are.
      await this.#putBack({ id, attempts, publication: 'done' }, { left: entries, reason });
      return;
    }
    if (delivery === undefined) {
      this.#completions.add(id);
      return;
    }
    this.#deps.metrics.count('outbox_relayed_total', 1, { kind });
    const publication = isUnpublished(entries) ? 'due' : 'done';
    const generation = this.#open.enter();
    this.#enqueue({ id, delivery, entries, attempts, publication, generation });
  }
}
