/** WORKERS: a number of threads, or as many as there are cores. */
import { availableParallelism } from 'node:os';
import type { Kind } from './setting-kinds.ts';
import { integer } from './setting-kinds.ts';

const MAX_WORKERS = 256;
const NUMBER = integer({ min: 1, max: MAX_WORKERS });

export const workerCount: Kind<number> = {
  format: `auto | ${NUMBER.format}`,
  read: (raw) =>
    raw.toLowerCase() === 'auto'
      ? { ok: true, value: Math.min(availableParallelism(), MAX_WORKERS) }
      : NUMBER.read(raw),
  write: String,
};
