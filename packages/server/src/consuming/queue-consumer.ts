/**
 * One source and its messages, each on its way:
 *
 *   handed over ──▶ lane of its key ──▶ attempt ──▶ ack
 *        │                ▲               │ failed: pause, again, at most limits.backoffMs times
 *        │                └───────────────┘
 *        └─ not to be understood ──▶ dead letters ◀── failed too often
 *
 * At the end what runs is finished and what waits is given back. Which technology it is, only the
 * source knows.
 */
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { QueueMessage, QueueSource, Settlement } from '../ports/queue-source.ts';
import type { Publisher } from '../ports/server-api.ts';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import { attempt, checkProcedure, reasonOf, type AttemptDeps } from './attempt.ts';
import { parseEnvelope, type Envelope } from './envelope.ts';
import { hasIdField, idOf, keyOf, withId } from './identity.ts';
import { createLanes, type Lanes } from './lanes.ts';
import type { ConsumingLimits } from './limits.ts';
import { createRecentIds, type RecentIds } from './recent-ids.ts';
import type { Ending } from './pause.ts';
import type { Standstill } from './standstill.ts';

export interface QueueConsumerDeps {
  readonly source: QueueSource;
  readonly dispatcher: Dispatcher;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: ConsumingLimits;
  readonly ending: Ending;
  readonly standstill: Standstill;
}

export interface QueueConsumer {
  readonly handle: (message: QueueMessage) => Promise<Settlement>;
  /** Messages handed over and not yet answered. */
  readonly inHand: number;
}

type Result = 'done' | 'repeat' | 'retry' | 'dead' | 'returned';

/** A message that can be understood, on its way. */
interface Work {
  readonly envelope: Envelope;
  readonly input: Envelope['input'];
  /** Under which it is remembered; undefined: nothing names it. */
  readonly memory: string | undefined;
  readonly fields: object;
}

const ACK: Settlement = { type: 'ack' };

export const createQueueConsumer = (deps: QueueConsumerDeps): QueueConsumer => new Consumer(deps);

class Consumer implements QueueConsumer {
  readonly #deps: QueueConsumerDeps;
  readonly #attempt: AttemptDeps;
  readonly #lanes: Lanes;
  readonly #recent: RecentIds;
  #inHand = 0;

  constructor(deps: QueueConsumerDeps) {
    this.#deps = deps;
    const { dispatcher, publisher, source, limits } = deps;
    const actor = { type: 'backend', key: `queue:${source.name}` } as const;
    this.#attempt = { dispatcher, publisher, actor };
    this.#lanes = createLanes(limits.concurrency);
    this.#recent = createRecentIds(limits.rememberedIds);
  }

  get inHand(): number {
    return this.#inHand;
  }

  readonly handle = async (message: QueueMessage): Promise<Settlement> => {
    this.#inHand += 1;
    this.#tellInHand();
    try {
      return await this.#settle(message);
    } catch (error) {
      // A bug of ours: the message is not to blame, and must not be lost for it.
      this.#deps.logger.error({ err: error }, 'a queue message failed unexpectedly');
      return { type: 'retry', delayMs: this.#deps.limits.backoffMs[0] ?? 0 };
    } finally {
      this.#inHand -= 1;
      this.#tellInHand();
    }
  };

  /** Nothing may be awaited before the lane is taken: the order of arrival is the order of the lane. */
  #settle(message: QueueMessage): Promise<Settlement> {
    const { dispatcher, limits, source } = this.#deps;
    if (this.#deps.ending.isEnding) return Promise.resolve(this.#giveBack());
    const parsed = parseEnvelope(message.body, limits.maxMessageBytes);
    if (!parsed.ok) return this.#bury({ message: message.id }, reasonOf(parsed));
    const envelope = parsed.value;
    const id = idOf(envelope, message, source.name);
    const fields = { procedure: envelope.procedure, id };
    const refused = checkProcedure(dispatcher, envelope.procedure);
    if (refused !== undefined) return this.#bury(fields, reasonOf(refused));
    if (message.redeliveries > limits.maxRedeliveries) {
      return this.#bury(fields, `delivered ${message.redeliveries + 1} times without an answer`);
    }
    const memory = hasIdField(envelope.procedure) ? message.id : id;
    const work = { envelope, input: withId(envelope, id), memory, fields };
    return this.#lanes.run(keyOf(envelope, message), () => this.#work(work));
  }

  async #work(work: Work): Promise<Settlement> {
    const { ending, limits, standstill } = this.#deps;
    const { memory } = work;
    if (memory !== undefined && this.#recent.has(memory)) return this.#done('repeat', work);
    for (let failures = 0; ;) {
      await standstill.whenHere();
      const leave = await this.#lanes.enter();
      if (ending.isEnding) {
        leave();
        return this.#giveBack();
      }
      const verdict = await attempt(this.#attempt, {
        procedure: work.envelope.procedure,
        input: work.input,
      }).finally(leave);
      if (verdict.type === 'done' || verdict.type === 'repeat') {
        return this.#done(verdict.type, work);
      }
      if (verdict.type === 'never') return this.#bury(work.fields, verdict.reason);
      if (await standstill.isAway()) continue;
      const pauseMs = limits.backoffMs[failures];
      failures += 1;
      if (pauseMs === undefined) {
        return this.#bury(work.fields, `failed ${failures} times, last: ${verdict.reason}`);
      }
      this.#count('retry');
      const { reason } = verdict;
      this.#deps.logger.warn(
        { ...work.fields, reason, attempt: failures, pause_ms: pauseMs },
        'a queue message failed; it is tried again',
      );
      await ending.wait(pauseMs);
    }
  }

  #done(result: 'done' | 'repeat', { memory, fields }: Work): Settlement {
    if (memory !== undefined) this.#recent.add(memory);
    this.#count(result);
    this.#deps.logger.debug({ ...fields, result }, 'queue message');
    return ACK;
  }

  #bury(fields: object, reason: string): Promise<Settlement> {
    this.#count('dead');
    this.#deps.logger.error({ ...fields, reason }, 'a queue message goes to the dead letters');
    return Promise.resolve({ type: 'dead', reason });
  }

  #giveBack(): Settlement {
    this.#count('returned');
    return { type: 'retry', delayMs: 0 };
  }

  #count(result: Result): void {
    const { metrics, source } = this.#deps;
    metrics.count('queue_messages_total', 1, { source: source.name, result });
  }

  #tellInHand(): void {
    const { metrics, source } = this.#deps;
    metrics.set?.('queue_in_hand_messages', this.#inHand, { source: source.name });
  }
}
