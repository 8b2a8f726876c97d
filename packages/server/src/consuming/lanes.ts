/**
 * Order within a key, parallel between keys: each key is a lane of its own, and only the head of a
 * lane may run. A head that waits for its next attempt gives its place to other lanes, never to
 * its own.
 */

export interface Lanes {
  /** Starts `job` when it is at the head of its lane; the lane goes on when it has resolved. */
  run<T>(key: string | undefined, job: () => Promise<T>): Promise<T>;
  /** One of the places for work under way; answers what gives it back. */
  enter(): Promise<() => void>;
}

export const createLanes = (concurrency: number): Lanes => {
  const tails = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let free = concurrency;

  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };

  const inLane = async <T>(key: string, job: () => Promise<T>): Promise<T> => {
    const before = tails.get(key);
    const result = (async () => {
      await before;
      return job();
    })();
    const tail = result.catch(() => undefined);
    tails.set(key, tail);
    await tail;
    if (tails.get(key) === tail) tails.delete(key);
    return result;
  };

  return {
    run: (key, job) => (key === undefined ? job() : inLane(key, job)),
    enter: async () => {
      if (free > 0) free -= 1;
      else {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
      let isHeld = true;
      return () => {
        if (isHeld) leave();
        isHeld = false;
      };
    },
  };
};
