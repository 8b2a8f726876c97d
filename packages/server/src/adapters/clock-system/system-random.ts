/** Real randomness: `id` from the system's cryptographic source, `next` for jitter only. */
import { randomUUID } from 'node:crypto';
import type { Random } from '../../ports/clock.ts';

export function createSystemRandom(): Random {
  return { next: Math.random, id: () => randomUUID() };
}
