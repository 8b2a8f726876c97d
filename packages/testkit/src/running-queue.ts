/**
 * The technology-independent part of queues with a queue of the test's own and procedures that do as
 * they are told. For its rules; the technologies are tested against real servers elsewhere.
 */
import { ok, type Outcome } from '../../protocol/src/index.ts';
import { PROCEDURES } from '../../protocol/src/procedures/index.ts';
import type { HealthCheck } from '../../server/src/ports/health.ts';
import type {
  QueueHandler,
  QueueMessage,
  QueueSource,
  Settlement,
} from '../../server/src/ports/queue-source.ts';
import type { Answer } from '../../server/src/procedures/binding.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createConsuming, type Consuming } from '../../server/src/consuming/consuming.ts';
import type { ConsumingLimits } from '../../server/src/consuming/limits.ts';
import { createRecordingLogger } from './recording-logger.ts';

export interface Call {
  readonly method: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface QueueFixtureOptions {
  /** What a call ends with; default: ok, new. */
  readonly call?: (call: Call) => Promise<Outcome<unknown>> | Outcome<unknown>;
  readonly publish?: (channel: string, options: object | undefined) => Promise<Outcome<object>>;
  readonly dependencies?: readonly HealthCheck[];
  readonly limits?: Partial<ConsumingLimits>;
  /** Problems of the first starts, in order. */
  readonly startProblems?: string[];
}

export interface QueueFixture {
  readonly clock: FakeClock;
  readonly consuming: Consuming;
  /** Calls of procedures so far. */
  readonly calls: readonly Call[];
  readonly settled: readonly Settlement[];
  /** `source/result` → number. */
  readonly counted: ReadonlyMap<string, number>;
  readonly log: readonly string[];
  deliver(message: object | string, options?: Partial<QueueMessage>): Promise<Settlement>;
}

export const REPEAT: unique symbol = Symbol('repeat');

export async function openQueue(options: QueueFixtureOptions = {}): Promise<QueueFixture> {
  const clock = createFakeClock();
  const calls: Call[] = [];
  const settled: Settlement[] = [];
  const counted = new Map<string, number>();
  const log: string[] = [];
  let handler: QueueHandler | undefined;
  const source: QueueSource = {
    name: 'test',
    start: (given) => {
      const problem = options.startProblems?.shift();
      if (problem !== undefined) return Promise.reject(new Error(problem));
      handler = given;
      return Promise.resolve();
    },
    inspect: () => Promise.resolve({ waiting: 3 }),
    close: () => Promise.resolve(),
  };
  const consuming = createConsuming([() => source], {
    dispatcher: {
      procedures: PROCEDURES,
      call: async (method, input) => {
        const call = { method, input: input as Call['input'] };
        calls.push(call);
        const outcome = (await options.call?.(call)) ?? ok(undefined);
        if (!outcome.ok) return outcome;
        const isRepeat = outcome.value === REPEAT;
        return ok<Answer<unknown>>({ output: outcome.value, isRepeat });
      },
    },
    publisher: {
      publish: async (channel, _data, given) => {
        const outcome = (await options.publish?.(channel, given)) ?? ok({});
        return outcome.ok ? ok({ duplicate: false, ...outcome.value }) : outcome;
      },
    },
    clock,
    random: { next: () => 0.5, id: () => 'id' },
    logger: createRecordingLogger(({ fields, message }) =>
      log.push(`${message} ${JSON.stringify(fields)}`),
    ),
    metrics: {
      count: (name, amount, labels = {}) => {
        const key = `${name} ${labels['result']}`;
        counted.set(key, (counted.get(key) ?? 0) + amount);
      },
      observe: () => undefined,
      set: (name, value) => void counted.set(name, value),
    },
    ...(options.dependencies !== undefined && { dependencies: options.dependencies }),
    ...(options.limits !== undefined && { limits: options.limits }),
  });
  consuming.start();
  await clock.settle();
  return {
    clock,
    consuming,
    calls,
    settled,
    counted,
    log,
    deliver: async (message, given = {}) => {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      if (handler === undefined) throw new Error('the queue is not started');
      const settlement = await handler({ body: Buffer.from(text), redeliveries: 0, ...given });
      settled.push(settlement);
      return settlement;
    },
  };
}
