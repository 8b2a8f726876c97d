/** A wait that the end of the consumer cuts short. */
import type { Clock } from '../ports/clock.ts';

export interface Ending {
  readonly isEnding: boolean;
  /** Resolves after `ms`, or as soon as the consumer ends. */
  wait(ms: number): Promise<void>;
  end(): void;
}

export const createEnding = (clock: Pick<Clock, 'after'>): Ending => {
  const waiting = new Set<() => void>();
  let isEnding = false;
  return {
    get isEnding() {
      return isEnding;
    },
    wait: (ms) =>
      new Promise((resolve) => {
        if (isEnding) {
          resolve();
          return;
        }
        const finish = (): void => {
          cancel();
          waiting.delete(finish);
          resolve();
        };
        const cancel = clock.after(ms, finish);
        waiting.add(finish);
      }),
    end: () => {
      isEnding = true;
      for (const finish of waiting) finish();
    },
  };
};
