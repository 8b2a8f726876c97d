/** A value that is loaded when somebody first wants to be told of it: who never looks costs nothing. */
import type { Readable } from '../readable.ts';

export function whenUsed<T>(readable: Readable<T>, start: () => void): Readable<T> {
  let isStarted = false;
  return {
    get: readable.get,
    subscribe(listener) {
      const stop = readable.subscribe(listener);
      if (!isStarted) {
        isStarted = true;
        start();
      }
      return stop;
    },
  };
}
