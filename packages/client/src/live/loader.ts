/**
 * Runs a request whenever somebody asks for it: one at a time, those who ask meanwhile share the
 * next run. Temporary failures are tried again by themselves, at once when the connection is back.
 */
import { CarillonError } from '../carillon-error.ts';
import type { Client } from '../client.ts';
import type { ClientClock } from '../environment.ts';

const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

export interface Loader {
  /** Resolves when the run that it led to has ended, well or not. */
  load(): Promise<void>;
  close(): void;
}

export interface LoaderOptions {
  readonly client: Client;
  readonly clock: ClientClock;
  readonly run: () => Promise<void>;
  /** Told of refusals that the same request would meet again. */
  readonly onError?: (error: CarillonError) => void;
  /** From the start of one run to the next at least. @default 0 */
  readonly everyMs?: number;
}

export const createLoader = (options: LoaderOptions): Loader => new RequestLoader(options);

export const pauseAfter = (failures: number): number =>
  Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));

export const asError = (error: unknown): CarillonError =>
  error instanceof CarillonError
    ? error
    : new CarillonError({ code: 0, message: String(error), isTemporary: false, cause: error });

class RequestLoader implements Loader {
  readonly #options: LoaderOptions;
  readonly #stop: () => void;
  #isRunning = false;
  #isClosed = false;
  #failures = 0;
  #nextAtMs = 0;
  #cancelPause: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: LoaderOptions) {
    this.#options = options;
    const { state } = options.client;
    this.#stop = state.subscribe(() => {
      if (this.#failures === 0 || state.get().status !== 'connected') return;
      this.#endPause();
      this.#start();
    });
  }

  load(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosed) return resolve();
      this.#waiting.push(resolve);
      this.#start();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#endPause();
    this.#stop();
    this.#settle(this.#waiting);
  }

  #start(): void {
    if (this.#isRunning || this.#isClosed || this.#cancelPause !== undefined) return;
    const { clock, run, everyMs = 0 } = this.#options;
    const nowMs = clock.now();
    if (nowMs < this.#nextAtMs) return this.#pause(this.#nextAtMs - nowMs);
    this.#nextAtMs = nowMs + everyMs;
    this.#isRunning = true;
    const asked = this.#waiting;
    this.#waiting = [];
    void run()
      .then(
        () => (this.#failures = 0),
        (error: unknown) => this.#handleFailure(asError(error)),
      )
      .finally(() => {
        this.#isRunning = false;
        this.#settle(asked);
        if (this.#waiting.length > 0) this.#start();
      });
  }

  #handleFailure(error: CarillonError): void {
    if (this.#isClosed) return;
    this.#failures = error.isTemporary ? this.#failures + 1 : 0;
    if (this.#failures > 0) this.#pause(pauseAfter(this.#failures));
    else this.#options.onError?.(error);
  }

  #pause(ms: number): void {
    this.#cancelPause = this.#options.clock.after(ms, () => {
      this.#cancelPause = undefined;
      this.#start();
    });
  }

  #endPause(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
  }

  #settle(asked: (() => void)[]): void {
    for (const resolve of asked.splice(0)) resolve();
  }
}
