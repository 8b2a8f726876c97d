import type { Random } from '../../ports/clock.ts';
import type { RelayLimits } from '../limits.ts';

/** Doubles with each failed try up to the cap; half of it is random, so that rows do not come back together. */
export function backoffMs(attempts: number, limits: RelayLimits, random: Random): number {
  const full = Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** Math.min(attempts, 30));
  return Math.round(full / 2 + (full / 2) * random.next());
}
