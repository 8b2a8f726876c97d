import type { Kind } from './setting-kinds.ts';
import { formatDuration, parseDuration } from './duration.ts';

/** A token bucket: at most `count` at once, refilled evenly over `perMs`. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

export const rate: Kind<Rate> = {
  format: 'rate, count/duration',
  read: (raw) => {
    const [count, per, ...rest] = raw.split('/');
    const perMs = parseDuration((per ?? '').trim());
    const isGood =
      /^\d+$/.test(count ?? '') && Number(count) > 0 && perMs !== undefined && perMs > 0;
    if (!isGood || rest.length > 0) {
      return { ok: false, problem: `"${raw}" is not a rate; write for example 20/10s` };
    }
    return { ok: true, value: { count: Number(count), perMs } };
  },
  write: ({ count, perMs }) => `${count}/${formatDuration(perMs)}`,
};
