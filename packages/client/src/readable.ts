/** A value that changes: read it, or be told that it did. Fits React's `useSyncExternalStore` and Vue's `shallowRef`. */
import { createListeners } from './listeners.ts';

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
  const { add, emit } = createListeners<void>();
  let value = initial;
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      emit();
    },
    subscribe: add,
  };
}
