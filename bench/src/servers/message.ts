/**
 * The message every system carries: JSON of one exact size with the time it was meant to be sent,
 * its number in its group, and one marker byte by which raw subscribers count without parsing.
 */

/** '~': once in every message, and nowhere in any protocol's envelope. */
export const MARKER = 0x7e;

export interface BenchMessage {
  /** Intended send time, monotonic µs. */
  readonly t: number;
  /** 1, 2, 3 … within its group. */
  readonly n: number;
  readonly p: string;
}

export function createMessage(t: number, n: number, bytes: number): BenchMessage {
  const rest = `{"t":${t},"n":${n},"p":"~"}`.length;
  return { t, n, p: `~${'x'.repeat(Math.max(0, bytes - rest))}` };
}
