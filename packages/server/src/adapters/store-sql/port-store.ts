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
import { CallQueue } from './call-queue.ts';
import type { FromWorker } from './calls.ts';
import type { ArgumentsOf, OperationName, ValueOf } from './operations.ts';
import { createStorePorts } from './store-ports.ts';

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
  readonly #calls: CallQueue;
  #port: MessagePort | undefined;
  #closing: (() => void) | undefined;

  constructor(options: PortStoreOptions) {
    this.#options = options;
    this.#calls = new CallQueue({
      clock: options.clock,
      maxInFlight: options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
      target: () => this.#port,
      isClosed: () => this.#closing !== undefined,
    });
  }

  async open(): Promise<void> {
    const port = await this.#options.openPort();
    this.#port = port;
    port.on('message', (message: FromWorker) => {
      if (message.type !== 'answers') return;
      this.#calls.handleAnswers(message.answers);
      if (this.#calls.isEmpty) this.#closing?.();
    });
    port.on('close', () => this.#handleLost());
  }

  /** Resolves after the commit. Rejects with StoreUnavailableError when nothing was saved. */
  call<Name extends OperationName>(
    name: Name,
    ...parameters: ArgumentsOf<Name>
  ): Promise<ValueOf<Name>> {
    return this.#calls.call(name, parameters);
  }

  /** What was asked before is answered first. */
  async close(): Promise<void> {
    this.#calls.send();
    if (!this.#calls.isEmpty && this.#port !== undefined) {
      await new Promise<void>((resolve) => (this.#closing = resolve));
    }
    this.#closing ??= () => {};
    this.#port?.close();
    this.#port = undefined;
  }

  #handleLost(): void {
    this.#port = undefined;
    this.#calls.fail(new StoreUnavailableError('the thread of the store ended'));
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
