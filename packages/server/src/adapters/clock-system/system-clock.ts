/** Real time. Its timers alone never keep the process running: sockets and servers do. */
import type { Clock } from '../../ports/clock.ts';

export function createSystemClock(): Clock {
  return {
    now: Date.now,
    monotonic: () => performance.now(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    defer(callback) {
      setImmediate(callback);
    },
  };
}
