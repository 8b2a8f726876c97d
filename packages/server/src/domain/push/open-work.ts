/**
 * Knows when everything that was begun before a certain moment is done, however much begins after
 * it: a drain must not wait for work that keeps coming in.
 */
export interface OpenWork {
  /** Something begins; the result is handed to `leave` when it is done. */
  enter(): number;
  leave(generation: number): void;
  /** Resolves when all that is open now is done. */
  whenDone(): Promise<void>;
}

export function createOpenWork(): OpenWork {
  let current = 0;
  const open = new Map<number, number>();
  let waiting: { readonly upTo: number; readonly resolve: () => void }[] = [];

  const isDone = (upTo: number): boolean => {
    for (const generation of open.keys()) if (generation <= upTo) return false;
    return true;
  };

  return {
    enter() {
      open.set(current, (open.get(current) ?? 0) + 1);
      return current;
    },
    leave(generation) {
      const left = (open.get(generation) ?? 0) - 1;
      if (left > 0) {
        open.set(generation, left);
        return;
      }
      open.delete(generation);
      const done = waiting.filter(({ upTo }) => isDone(upTo));
      waiting = waiting.filter((waiter) => !done.includes(waiter));
      for (const { resolve } of done) resolve();
    },
    whenDone() {
      const upTo = current;
      if (isDone(upTo)) return Promise.resolve();
      current++;
      return new Promise((resolve) => waiting.push({ upTo, resolve }));
    },
  };
}
