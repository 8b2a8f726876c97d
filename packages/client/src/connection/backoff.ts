/** How long to wait before trying again: full jitter, so that those who lost together do not come back together. */

export interface BackoffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Uniform in [0, min(maxMs, minMs · 2^n)). The first pause (n = 0) is spread as well: after a restart
 * nothing has been tried yet by anybody.
 * @param random uniform in [0, 1)
 */
export const pauseMs = ({ minMs, maxMs }: BackoffLimits, n: number, random: number): number =>
  Math.floor(random * Math.min(maxMs, minMs * 2 ** n));
