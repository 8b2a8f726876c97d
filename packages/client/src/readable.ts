/** A value that changes: read it, or be told that it did. Fits React's `useSyncExternalStore` and Vue's `shallowRef`. */
export interface Readable<T> {
  /** The same object until it changes; never mutated. */
  readonly get: () => T;
  /** Told after each change. Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface Writable<T> extends Readable<T> {
  readonly set: (value: T) => void;
}

export function createWritable<T>(initial: T): Writable<T> {
  const listeners = new Set<() => void>();
  let value = initial;
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      // One entry per call: the same function subscribed twice is two subscriptions.
      const entry = (): void => listener();
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}
