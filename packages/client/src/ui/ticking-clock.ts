/** The time as a Readable, for texts that change by themselves ("5 minutes ago"): it runs only while somebody looks. */
import { createWritable } from '../readable.ts';
import type { Readable } from '../readable.ts';

/** Epoch milliseconds in steps of `everyMs`: what two look at in one step is the same. */
export function createTickingClock(
  everyMs: number,
  now: () => number = Date.now,
): Readable<number> {
  const step = (): number => Math.floor(now() / everyMs) * everyMs;
  const time = createWritable(step());
  let watchers = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    // While nobody watches, nothing renews it: who comes then must not see an old one.
    get: () => (watchers > 0 ? time.get() : step()),
    subscribe: (listener) => {
      const stop = time.subscribe(listener);
      watchers += 1;
      if (watchers === 1) {
        time.set(step());
        timer = setInterval(() => time.set(step()), everyMs);
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
