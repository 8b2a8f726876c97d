/** Time and randomness come from outside, so that a test decides both. */
export interface Clock {
  /** Wall clock, ms since 1970: for timestamps that people or tokens see. */
  now(): number;
  /** Monotonic, ms: for every duration and deadline. */
  monotonic(): number;
  /** Calls back once after `delayMs`; the result cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back when the present tick's input is handled (setImmediate); cannot be cancelled. */
  defer(callback: () => void): void;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Unguessable, URL-safe, unique. */
  id(): string;
}
