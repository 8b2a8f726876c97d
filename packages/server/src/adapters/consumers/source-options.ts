import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';

/** What every source is made with. */
export interface SourceOptions {
  /** Messages handed over and not answered, at most. */
  readonly prefetch: number;
  /** How long a worker that died keeps its messages from others, in ms; whoever lives keeps them longer. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A server that is away must not hold a start up. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Rests between two tries of something that failed. */
export const RETRY_MS = 1_000;

/** A pause that nothing cuts short. */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

/** Calls `work` each `ms`, one call after the other, until the result is called. A failure is told to `onError`. */
export function repeatedly(
  { clock, ms, onError }: { clock: Clock; ms: number; onError: (error: unknown) => void },
  work: () => Promise<void>,
): () => void {
  let cancel = (): void => undefined;
  let isOn = true;
  const next = (): void => {
    cancel = clock.after(ms, () => {
      void work()
        .catch(onError)
        .then(() => {
          if (isOn) next();
        });
    });
  };
  next();
  return () => {
    isOn = false;
    cancel();
  };
}
