/**
 * The event loop's side of a store's thread. Calls of one tick leave in one message; answers come
 * in the order of the calls, so none carries an id. When the thread ends unasked, everything in
 * flight fails with a coded error and a new thread is started.
 */
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { StoreUnavailableError } from '../../ports/store.ts';
import { CallQueue } from './call-queue.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './calls.ts';
import { SchemaTooNewError } from './schema-too-new-error.ts';
import type { ArgumentsOf, OperationName, ValueOf } from './operations.ts';

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 5000;

export interface WorkerClientOptions extends WorkerSettings {
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now'>;
  /** More calls than this without an answer are refused at once. */
  readonly maxInFlight: number;
  /** @default worker.ts beside this file, or what it was compiled to */
  readonly threadUrl?: URL;
}

export class WorkerClient {
  readonly #options: WorkerClientOptions;
  readonly #calls: CallQueue;
  #worker: Worker | undefined;
  #isClosing = false;
  #closed: Promise<void> | undefined;
  #restartMs = FIRST_RESTART_MS;
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(options: WorkerClientOptions) {
    this.#options = options;
    this.#calls = new CallQueue({
      ...options,
      target: () => this.#worker,
      isClosed: () => this.#isClosing,
    });
  }

  /**
   * @returns the migrations that had to be applied
   * @throws SchemaTooNewError, or what kept the thread from opening the database
   */
  async start(): Promise<readonly string[]> {
    const { path, writerLeaseMs } = this.#options;
    const workerData: WorkerSettings = { path, writerLeaseMs };
    const worker = new Worker(this.#options.threadUrl ?? threadUrl(), {
      workerData,
      name: 'carillon-store',
    });
    worker.on('message', (message: FromWorker) => this.#handleMessage(message));
    worker.on('error', (error) => this.#handleEnd(worker, error));
    worker.on('exit', () => this.#handleEnd(worker, new Error('the thread ended')));
    // The listener above has its turn first, but knows nothing of a first message.
    const [first]: FromWorker[] = await once(worker, 'message');
    if (first?.type === 'refused') {
      throw first.isTooNew ? new SchemaTooNewError(first.reason) : new Error(first.reason);
    }
    if (first?.type !== 'opened' || this.#isClosing) await worker.terminate();
    else this.#worker = worker;
    return first?.type === 'opened' ? first.applied : [];
  }

  /** Resolves after the commit. Rejects with StoreUnavailableError when nothing was saved. */
  call<Name extends OperationName>(
    name: Name,
    ...parameters: ArgumentsOf<Name>
  ): Promise<ValueOf<Name>> {
    return this.#calls.call(name, parameters);
  }

  /** For another thread of this process (port-store.ts); closed when the store's thread ends. */
  openPort(): MessagePort | undefined {
    const worker = this.#worker;
    if (worker === undefined || this.#isClosing) return undefined;
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ type: 'join', port: port2 } satisfies ToWorker, [port2]);
    return port1;
  }

  /** Answers what was asked before, then closes the database and ends the thread. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restartTimer);
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#calls.send();
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ type: 'close' } satisfies ToWorker);
    await exited;
  }

  #handleMessage(message: FromWorker): void {
    const { logger } = this.#options;
    switch (message.type) {
      case 'opened':
      case 'refused':
        return;
      case 'answers':
        this.#restartMs = FIRST_RESTART_MS;
        return this.#calls.handleAnswers(message.answers);
      case 'failing':
        return logger.error({ reason: message.reason }, 'the database cannot save');
      case 'healed':
        return logger.info({ afterMs: message.afterMs }, 'the database saves again');
    }
  }

  #handleEnd(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#calls.fail(new StoreUnavailableError('the thread of the store ended', { cause: error }));
    if (this.#isClosing) return;
    this.#options.logger.error({ err: error }, 'the thread of the store ended; starting another');
    this.#restartLater();
  }

  #restartLater(): void {
    const pauseMs = this.#restartMs;
    this.#restartMs = Math.min(pauseMs * 2, LONGEST_RESTART_MS);
    this.#restartTimer = setTimeout(() => {
      void this.#restart();
    }, pauseMs);
  }

  async #restart(): Promise<void> {
    const { logger } = this.#options;
    try {
      await this.start();
      if (this.#worker !== undefined) logger.info({}, 'the thread of the store was started again');
    } catch (error) {
      logger.error({ err: error }, 'the thread of the store does not start');
      if (!this.#isClosing) this.#restartLater();
    }
  }
}

/** Node runs the source as it is; what is published is compiled beside this file. */
const threadUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
