/** Settings of event streams; the defaults stand here only. */
export interface SseLimits {
  /** Comments that keep the line alive. */
  readonly heartbeatIntervalMs: number;
  /** What clients are told to wait before they come back. */
  readonly retryMs: number;
  /** Pause before the store is asked again after it failed. */
  readonly storeRetryMs: number;
}

export const DEFAULT_SSE_LIMITS: SseLimits = {
  heartbeatIntervalMs: 30_000,
  retryMs: 3_000,
  storeRetryMs: 1_000,
};
