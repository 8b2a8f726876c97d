/**
 * The embedded store for further threads of a process: the same calls to the same thread, over a
 * port of their own. One thread writes, so callers of all threads share its commits. Opens nothing
 * and locks nothing: the thread that opened the store does.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store.ts';
import { StoreUnavailableError } from '../../ports/store.ts';
import type { Answer, Call, FromWorker, ToWorker } from './calls.ts';
import type { ArgumentsOf, OperationName, ValueOf } from './operations.ts';
import { createStorePorts } from './store-ports.ts';
import { asError, errorOf } from './worker-client.ts';

export interface PortStoreOptions {
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** A new port to the store's thread (`SqliteStore.openPort`); rejects while there is none. */
  openPort(): Promise<MessagePort>;
  /**
   * Operations waiting for an answer before further ones are refused as too busy.
   * @default 8192
   */
  readonly maxInFlight?: number;
}

const DEFAULT_MAX_IN_FLIGHT = 8192;
const REOPEN_PAUSE_MS = 100;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export async function openPortStore(options: PortStoreOptions): Promise<Store> {
  const client = new PortClient(options);
  await client.open();
  return {
    ...createStorePorts(client),
    ping: () => client.call('ping'),
    close: () => client.close(),
  };
}

class PortClient {
  readonly #options: PortStoreOptions;
  /** Calls not answered yet, oldest first; those at the end may still be in #unsent. */
  #waiting: Waiting[] = [];
  #unsent: Call[] = [];
  #port: MessagePort | undefined;
  #closing: (() => void) | undefined;

  constructor(options: PortStoreOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const port = await this.#options.openPort();
    this.#port = port;
    port.on('message', (message: FromWorker) => {
      if (message.type === 'answers') this.#handleAnswers(message.answers);
    });
    port.on('close', () => this.#handleLost());
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

  /** What was asked before is answered first. */
  async close(): Promise<void> {
    this.#send();
    if (this.#waiting.length > 0 && this.#port !== undefined) {
      await new Promise<void>((resolve) => (this.#closing = resolve));
    }
    this.#closing ??= () => {};
    this.#port?.close();
    this.#port = undefined;
  }

  #refusal(): string | undefined {
    if (this.#closing !== undefined) return 'the store is closed';
    if (this.#port === undefined) return 'the thread of the store is being restarted';
    const { maxInFlight = DEFAULT_MAX_IN_FLIGHT } = this.#options;
    if (this.#waiting.length < maxInFlight) return undefined;
    return `the store is too busy: ${this.#waiting.length} operations are waiting`;
  }

  #send(): void {
    if (this.#unsent.length === 0) return;
    const calls = this.#unsent;
    this.#unsent = [];
    try {
      this.#port?.postMessage({ type: 'calls', calls } satisfies ToWorker);
    } catch (error) {
      // A parameter that cannot be cloned is the caller's bug; answers must go on matching calls.
      for (const { reject } of this.#waiting.splice(-calls.length)) reject(asError(error));
    }
  }

  #handleAnswers(answers: readonly Answer[]): void {
    const asked = this.#waiting.splice(0, answers.length);
    for (const [index, waiting] of asked.entries()) {
      const answer = answers[index];
      if (answer?.[0] === 'done') waiting.resolve(answer[1]);
      else waiting.reject(errorOf(answer));
    }
    if (this.#waiting.length === 0) this.#closing?.();
  }

  #handleLost(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#unsent = [];
    this.#port = undefined;
    const failure = new StoreUnavailableError('the thread of the store ended');
    for (const { reject } of waiting) reject(failure);
    if (this.#closing === undefined) this.#openLater();
    else this.#closing();
  }

  #openLater(): void {
    this.#options.clock.after(REOPEN_PAUSE_MS, () => {
      if (this.#closing !== undefined) return;
      this.open().then(
        () => this.#options.logger.info({}, 'the store is reached again'),
        () => this.#openLater(),
      );
    });
  }
}
