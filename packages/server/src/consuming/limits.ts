export interface ConsumingLimits {
  /** Messages of one source that run at the same time; those of one key never do. */
  readonly concurrency: number;
  /** Pause after each failed attempt, in ms; one attempt more than there are pauses, then the dead letters. */
  readonly backoffMs: readonly number[];
  /** Delivered so often without an answer, a message is taken for one that ends processes. */
  readonly maxRedeliveries: number;
  readonly maxMessageBytes: number;
  /** How often the store is asked whether it is back, in ms. */
  readonly awayCheckMs: number;
  /** How often the queue is asked how much waits in it, in ms. */
  readonly inspectMs: number;
  /** Ids remembered per source, for a message whose acknowledgement was lost. */
  readonly rememberedIds: number;
}

export const DEFAULT_CONSUMING_LIMITS: ConsumingLimits = {
  concurrency: 32,
  backoffMs: [1_000, 5_000, 15_000, 60_000],
  maxRedeliveries: 20,
  maxMessageBytes: 1024 * 1024,
  awayCheckMs: 1_000,
  inspectMs: 15_000,
  rememberedIds: 10_000,
};
