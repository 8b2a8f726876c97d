/** Who wants to be told of something. One that throws harms neither the others nor the connection. */
export interface Listeners<T> {
  readonly count: () => number;
  /** Returns how to stop. */
  readonly add: (listener: (value: T) => void) => () => void;
  readonly emit: (value: T) => void;
}

export function createListeners<T>(): Listeners<T> {
  const entries = new Set<(value: T) => void>();
  return {
    count: () => entries.size,
    add(listener) {
      // One entry per call: the same function added twice is told twice.
      const entry = (value: T): void => listener(value);
      entries.add(entry);
      return () => entries.delete(entry);
    },
    emit(value) {
      for (const listener of entries) {
        try {
          listener(value);
        } catch (error) {
          // To the page's own error handling, once we are out of the way.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
