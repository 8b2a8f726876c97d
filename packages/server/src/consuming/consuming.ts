/**
 * All configured queues of a process: started, asked now and then, ended together. A queue that
 * cannot be reached is tried again for as long as the process runs; /ready says so meanwhile.
 */
import type { Clock, Random } from '../ports/clock.ts';
import type { HealthCheck } from '../ports/health.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { QueueSource } from '../ports/queue-source.ts';
import type { Publisher } from '../ports/server-api.ts';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import { DEFAULT_CONSUMING_LIMITS, type ConsumingLimits } from './limits.ts';
import { createEnding } from './pause.ts';
import { createQueueConsumer } from './queue-consumer.ts';
import { createStandstill, type Standstill } from './standstill.ts';

/** Makes a source that was not started; called again after a start that failed. */
export type SourceFactory = () => QueueSource;

export interface ConsumingDeps {
  readonly dispatcher: Dispatcher;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The store and the engine: while one of them fails, nothing is attempted. @default none */
  readonly dependencies?: readonly HealthCheck[];
  /** What differs from `DEFAULT_CONSUMING_LIMITS`. */
  readonly limits?: Partial<ConsumingLimits>;
}

export interface Consuming {
  /** Begins to connect; does not wait for it. */
  start(): void;
  /** Finishes what runs, gives back what waits, disconnects. */
  close(): Promise<void>;
  /** One per source. */
  readonly healthChecks: readonly HealthCheck[];
}

const FIRST_RECONNECT_MS = 1_000;
const MAX_RECONNECT_MS = 30_000;
/** A client that never answers must not keep the next attempt from being made. */
const START_WITHIN_MS = 15_000;
/** A procedure or a connection that hangs must not hold a shutdown up. */
const CLOSE_WITHIN_MS = 10_000;

export const createConsuming = (
  factories: readonly SourceFactory[],
  deps: ConsumingDeps,
): Consuming => {
  const limits = { ...DEFAULT_CONSUMING_LIMITS, ...deps.limits };
  const ending = createEnding(deps.clock);
  const standstill = createStandstill({
    checks: deps.dependencies ?? [],
    ending,
    clock: deps.clock,
    logger: deps.logger,
    checkMs: limits.awayCheckMs,
  });
  const runs = factories.map(
    (factory) => new Run(factory, { ...deps, limits, ending, standstill }),
  );
  return {
    start: () => {
      for (const run of runs) run.start();
    },
    close: async () => {
      // Nobody hands anything over any more when what waits is given back.
      const closed = runs.map((run) => run.close());
      ending.end();
      await Promise.all(closed);
    },
    healthChecks: runs,
  };
};

interface RunDeps extends ConsumingDeps {
  readonly limits: ConsumingLimits;
  readonly ending: ReturnType<typeof createEnding>;
  readonly standstill: Standstill;
}

/** One source from its first attempt to connect until its end. */
class Run implements HealthCheck {
  readonly name: string;
  readonly #factory: SourceFactory;
  readonly #deps: RunDeps;
  readonly #logger: Logger;
  #source: QueueSource;
  #isStarted = false;
  #problem = 'not connected yet';
  #running: Promise<void> = Promise.resolve();

  constructor(factory: SourceFactory, deps: RunDeps) {
    this.#factory = factory;
    this.#deps = deps;
    this.#source = factory();
    this.name = `queue ${this.#source.name}`;
    this.#logger = deps.logger.child({ queue: this.#source.name });
  }

  start(): void {
    this.#running = this.#run();
  }

  async check(): Promise<void> {
    if (!this.#isStarted) throw new Error(this.#problem);
    await this.#source.inspect();
  }

  async close(): Promise<void> {
    try {
      await this.#within(CLOSE_WITHIN_MS, this.#end());
    } catch (error) {
      this.#logger.warn(
        { reason: String(error) },
        'the queue did not end; what it had comes again',
      );
    }
  }

  #within(ms: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#deps.clock.after(ms, () => {
        reject(new Error(`not done within ${ms} ms`));
      });
      work.then(resolve, reject).finally(cancel);
    });
  }

  async #end(): Promise<void> {
    if (this.#isStarted) {
      await this.#closeSource();
      return;
    }
    await this.#running;
    if (this.#isStarted) await this.#closeSource();
  }

  async #run(): Promise<void> {
    if (!(await this.#connect())) return;
    this.#logger.info({}, 'queue connected');
    void this.#watch();
  }

  async #connect(): Promise<boolean> {
    const { ending, random } = this.#deps;
    for (let pauseMs = FIRST_RECONNECT_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_RECONNECT_MS)) {
      const consumer = createQueueConsumer({
        ...this.#deps,
        source: this.#source,
        logger: this.#logger,
      });
      try {
        await this.#within(START_WITHIN_MS, this.#source.start(consumer.handle));
        this.#isStarted = true;
        return true;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        this.#logger.error({ reason: this.#problem }, 'the queue cannot be used at present');
      }
      await this.#closeSource();
      await ending.wait(pauseMs / 2 + (pauseMs / 2) * random.next());
      if (ending.isEnding) return false;
      this.#source = this.#factory();
    }
  }

  async #watch(): Promise<void> {
    const { ending, limits, metrics } = this.#deps;
    while (!ending.isEnding) {
      try {
        const { waiting } = await this.#source.inspect();
        if (waiting !== undefined) {
          metrics.set?.('queue_waiting_messages', waiting, { source: this.#source.name });
        }
      } catch (error) {
        if (!ending.isEnding)
          this.#logger.warn({ reason: String(error) }, 'no word from the queue');
      }
      await ending.wait(limits.inspectMs);
    }
  }

  async #closeSource(): Promise<void> {
    try {
      await this.#within(CLOSE_WITHIN_MS, this.#source.close());
    } catch (error) {
      this.#logger.warn({ reason: String(error) }, 'the queue did not end cleanly');
    }
  }
}
