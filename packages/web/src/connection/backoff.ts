/**
 * How long to wait before the next attempt: exponential with full jitter, so that clients cut off
 * together do not come back together.
 */

export interface Backoff {
  /** Longest pause before the first attempt; doubles with each. */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
}

/** However the dice fall: a server that just went away is not back at once. */
export const SHORTEST_PAUSE_MS = 200;

/** `random` in [0, 1); `attempt` counts from 0. */
export function backoffDelayMs(attempt: number, random: number, backoff: Backoff): number {
  const { reconnectMinMs, reconnectMaxMs } = backoff;
  const ceiling = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(attempt, 10));
  return Math.max(SHORTEST_PAUSE_MS, Math.round(ceiling * random));
}
