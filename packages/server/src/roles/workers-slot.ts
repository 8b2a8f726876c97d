/**
 * One place among the worker threads: keeps a thread in it. One that ends unasked is replaced,
 * after a pause that doubles while replacements fail.
 *
 *   starting ──listening──▶ serving ──ended──▶ waiting ──pause──▶ starting
 */
import { Worker } from 'node:worker_threads';
import type { HostedThread } from '../adapters/threads/threads-host.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Handlers, MainTasks, ThreadTasks } from './workers-dialogue.ts';
import { Dialogue } from './workers-dialogue.ts';
import type { ThreadData } from './workers-thread.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** One that served this long has earned a quick replacement. */
const STEADY_MS = 60_000;

export interface SlotOptions {
  readonly number: number;
  readonly data: Omit<ThreadData, 'number' | 'enginePort'>;
  /** Undefined: threads open engines of their own. */
  connect(number: number): HostedThread | undefined;
  readonly tasks: Handlers<MainTasks>;
  /** The port that the first thread was given. */
  port(): number;
  readonly clock: Clock;
  readonly logger: Logger;
  handleRestart(): void;
  /** @default workers-thread.ts beside this file, or what it was compiled to */
  readonly threadUrl?: URL;
}

interface Thread {
  readonly worker: Worker;
  readonly dialogue: Dialogue<ThreadTasks, MainTasks>;
  readonly hosted: HostedThread | undefined;
  /** Monotonic ms; undefined until it listens. */
  servesSinceMs: number | undefined;
}

export class WorkerSlot {
  readonly #options: SlotOptions;
  #thread: Thread | undefined;
  #isClosing = false;
  #pauseMs = FIRST_PAUSE_MS;
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  get number(): number {
    return this.#options.number;
  }

  get isServing(): boolean {
    return this.#thread?.servesSinceMs !== undefined;
  }

  /** Rejects with what kept the application from being built; nothing is tried again then. */
  async build(): Promise<void> {
    const thread = this.#spawn();
    this.#thread = thread;
    await thread.dialogue.ask('build');
  }

  async listen(): Promise<{ port: number; url: string }> {
    const thread = this.#thread;
    if (thread === undefined) throw new Error(`worker ${this.number} is not running`);
    const opened = await thread.dialogue.ask('listen', this.#options.port());
    thread.servesSinceMs = this.#options.clock.monotonic();
    return opened;
  }

  /** Undefined while no thread serves. */
  dialogue(): Dialogue<ThreadTasks, MainTasks> | undefined {
    return this.isServing ? this.#thread?.dialogue : undefined;
  }

  /** Drains; a thread that does not come to an end within `withinMs` is ended. */
  async close(withinMs: number): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restartTimer);
    const thread = this.#thread;
    if (thread === undefined) return;
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(withinMs, late.resolve);
    try {
      await Promise.race([thread.dialogue.ask('close'), late.promise]);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'a worker thread ended while it was closing');
    }
    cancel();
    await thread.worker.terminate();
    thread.hosted?.end();
  }

  #spawn(): Thread {
    const { number, data, tasks, threadUrl = ownThreadUrl() } = this.#options;
    const hosted = this.#options.connect(number);
    const workerData: ThreadData = { ...data, number, enginePort: hosted?.port };
    const worker = new Worker(threadUrl, {
      workerData,
      name: `carillon-worker-${number}`,
      transferList: hosted === undefined ? [] : [hosted.port],
    });
    const dialogue = new Dialogue<ThreadTasks, MainTasks>(worker, tasks);
    const thread: Thread = { worker, dialogue, hosted, servesSinceMs: undefined };
    worker.on('error', (error: unknown) => this.#handleEnd(thread, error));
    worker.on('exit', (code) => this.#handleEnd(thread, new Error(`it ended with code ${code}`)));
    return thread;
  }

  #handleEnd(thread: Thread, error: unknown): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    thread.hosted?.end();
    thread.dialogue.end(new Error(`worker ${this.number} has ended`, { cause: error }));
    if (this.#isClosing) return;
    const { clock, logger } = this.#options;
    const { servesSinceMs } = thread;
    logger.error({ err: error }, 'a worker thread ended; starting another');
    // At the first start whoever asked for it is told, and decides.
    if (servesSinceMs === undefined && this.#restartTimer === undefined) return;
    const isSteady = servesSinceMs !== undefined && clock.monotonic() - servesSinceMs > STEADY_MS;
    if (isSteady) this.#pauseMs = FIRST_PAUSE_MS;
    this.#options.handleRestart();
    this.#restartLater();
  }

  #restartLater(): void {
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    // Unlike the clock's timers this one keeps the process: the last thread may have ended.
    this.#restartTimer = setTimeout(() => void this.#restart(), pauseMs);
  }

  async #restart(): Promise<void> {
    const { logger } = this.#options;
    try {
      await this.build();
      await this.listen();
      logger.info({}, 'a worker thread was started again');
    } catch (error) {
      if (this.#isClosing) return;
      logger.error({ err: error }, 'a worker thread does not start');
      // One that ended is being replaced already; one that only failed must go first.
      const failed = this.#thread;
      this.#thread = undefined;
      failed?.hosted?.end();
      await failed?.worker.terminate();
      if (failed !== undefined) this.#restartLater();
    }
  }
}

/** Node runs the source as it is; what is published is compiled beside this file. */
const ownThreadUrl = (): URL =>
  new URL(
    import.meta.url.endsWith('.ts') ? './workers-thread.ts' : './workers-thread.js',
    import.meta.url,
  );
