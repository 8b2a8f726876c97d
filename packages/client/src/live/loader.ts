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
  /** Resolves when it is loaded, or refused for good; until then it is tried again. */
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

export const pauseAfter = (failures: number): number =>
  Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));

export const asError = (error: unknown): CarillonError =>
  error instanceof CarillonError
    ? error
    : new CarillonError({ code: 0, message: String(error), isTemporary: false, cause: error });

export function createLoader(options: LoaderOptions): Loader {
  const { client, clock, run, onError, everyMs = 0 } = options;
  let isWanted = false;
  let isClosed = false;
  let failures = 0;
  let working: Promise<void> | undefined;
  let wake = (): void => undefined;

  const attempt = async (): Promise<void> => {
    isWanted = false;
    try {
      await run();
      failures = 0;
    } catch (cause) {
      const error = asError(cause);
      failures = error.isTemporary ? failures + 1 : 0;
      isWanted ||= failures > 0;
      if (failures === 0 && !isClosed) onError?.(error);
    }
  };
  const work = async (): Promise<void> => {
    while (isWanted && !isClosed) {
      await attempt();
      const pauseMs = failures > 0 ? pauseAfter(failures) : everyMs;
      if (pauseMs === 0 || isClosed) continue;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(pauseMs, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });
    }
    working = undefined;
  };
  const stop = client.state.subscribe(() => {
    if (failures > 0 && client.state.get().status === 'connected') wake();
  });
  return {
    load() {
      isWanted = true;
      return (working ??= work());
    },
    close() {
      isClosed = true;
      stop();
      wake();
    },
  };
}
