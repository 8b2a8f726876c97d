/** The time as a Readable, for texts that change by themselves ("5 minutes ago"): it runs only while somebody looks. */
import { createWritable } from '../readable.ts';
import type { Readable } from '../readable.ts';

/** Epoch milliseconds, renewed every `everyMs`. */
export function createTickingClock(
  everyMs: number,
  now: () => number = Date.now,
): Readable<number> {
  const time = createWritable(now());
  let watchers = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    get: time.get,
    subscribe: (listener) => {
      const stop = time.subscribe(listener);
      watchers += 1;
      if (watchers === 1) {
        time.set(now());
        timer = setInterval(() => time.set(now()), everyMs);
      }
      let isWatching = true;
      return () => {
        stop();
        if (!isWatching) return;
        isWatching = false;
        watchers -= 1;
        if (watchers === 0) clearInterval(timer);
      };
    },
  };
}
