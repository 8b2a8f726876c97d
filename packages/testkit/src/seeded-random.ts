/** Randomness that repeats: the same seed gives the same sequence on every machine (mulberry32). */
import type { Random } from '../../server/src/ports/clock.ts';

export interface SeededRandom extends Random {
  /** Whole number in [0, bound). */
  below(bound: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T | undefined;
}

export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  let ids = 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)],
    id() {
      ids += 1;
      return `${Math.floor(next() * 2 ** 32).toString(16)}-${ids}`;
    },
  };
}
