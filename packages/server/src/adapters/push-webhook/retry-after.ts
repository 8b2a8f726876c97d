/** A receiver may ask for patience, not for being forgotten. */
const MAX_MS = 3_600_000;

/** `Retry-After` as ms from now: seconds or an HTTP date (RFC 9110 §10.2.3); undefined when absent or nonsense. */
export function retryAfterMs(
  header: string | readonly string[] | undefined,
  nowMs: number,
): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d+$/u.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, Math.min(MAX_MS, ms));
}
