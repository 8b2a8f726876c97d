/**
 * How long to wait before the next attempt: exponential with full jitter, so that clients cut off
 * together do not come back together.
 */

export const BACKOFF = { baseMs: 2_000, maxMs: 30_000, minMs: 200 } as const;

/** `random` in [0, 1); `attempt` counts from 0. */
export function backoffDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(BACKOFF.maxMs, BACKOFF.baseMs * 2 ** Math.min(attempt, 10));
  return Math.max(BACKOFF.minMs, Math.round(ceiling * random));
}
