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
import type { Answer, Call, FromWorker, ToWorker, WorkerSettings } from './calls.ts';
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

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerClient {
  readonly #options: WorkerClientOptions;
  /** Calls not answered yet, oldest first; those at the end may still be in #unsent. */
  #waiting: Waiting[] = [];
  #unsent: Call[] = [];
  #worker: Worker | undefined;
  #isClosing = false;
  #closed: Promise<void> | undefined;
  #restartMs = FIRST_RESTART_MS;
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(options: WorkerClientOptions) {
    this.#options = options;
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
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(new StoreUnavailableError(refusal));
    if (this.#unsent.length === 0) setImmediate(() => this.#send());
    this.#unsent.push({ name, parameters, now: Math.floor(this.#options.clock.now()) });
    return new Promise<ValueOf<Name>>((resolve, reject) => {
      // The thread answers the call of this name with the value of this operation.
      this.#waiting.push({ resolve: (value) => resolve(value as ValueOf<Name>), reject });
    });
  }

  /** For another thread of this process (port-client.ts); closed when the store's thread ends. */
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
    this.#send();
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ type: 'close' } satisfies ToWorker);
    await exited;
  }

  #refusal(): string | undefined {
    if (this.#isClosing) return 'the store is closed';
    if (this.#worker === undefined) return 'the thread of the store is being restarted';
    if (this.#waiting.length >= this.#options.maxInFlight) {
      return `the store is too busy: ${this.#waiting.length} operations are waiting`;
    }
    return undefined;
  }

  #send(): void {
    if (this.#unsent.length === 0) return;
    const calls = this.#unsent;
    this.#unsent = [];
    try {
      this.#worker?.postMessage({ type: 'calls', calls } satisfies ToWorker);
    } catch (error) {
      // A parameter that cannot be cloned is the caller's bug; answers must go on matching calls.
      for (const { reject } of this.#waiting.splice(-calls.length)) reject(asError(error));
    }
  }

  #handleMessage(message: FromWorker): void {
    const { logger } = this.#options;
    switch (message.type) {
      case 'opened':
      case 'refused':
        return;
      case 'answers':
        this.#restartMs = FIRST_RESTART_MS;
        return this.#handleAnswers(message.answers);
      case 'failing':
        return logger.error({ reason: message.reason }, 'the database cannot save');
      case 'healed':
        return logger.info({ afterMs: message.afterMs }, 'the database saves again');
    }
  }

  #handleAnswers(answers: readonly Answer[]): void {
    const asked = this.#waiting.splice(0, answers.length);
    for (const [index, waiting] of asked.entries()) {
      const answer = answers[index];
      if (answer?.[0] === 'done') waiting.resolve(answer[1]);
      else waiting.reject(errorOf(answer));
    }
  }

  #handleEnd(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#unsent = [];
    const failure = new StoreUnavailableError('the thread of the store ended', { cause: error });
    for (const { reject } of waiting) reject(failure);
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

export const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

export function errorOf(answer: Answer | undefined): Error {
  if (answer?.[0] === 'unavailable') return new StoreUnavailableError(answer[1]);
  const error = new Error(answer?.[0] === 'failed' ? answer[1] : 'the store gave no answer');
  if (answer?.[0] === 'failed' && answer[2] !== undefined) error.stack = answer[2];
  return error;
}
