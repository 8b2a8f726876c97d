/** Things that several hold at once, by name: made for the first, closed a moment after the last let go. */
import type { ClientClock } from '../environment.ts';

/** Long enough for a page that is drawn anew (React's StrictMode, a route change) to take it again. */
const LINGER_MS = 1_000;

export interface Closable {
  close(): void;
}

export interface Held<T> {
  /** The thing, and how to let go of it; a second call of that does nothing. */
  hold(name: string): readonly [T, release: () => void];
  /** Only of what is held now. */
  get(name: string): T | undefined;
  close(): void;
}

export function createHeld<T extends Closable>(
  clock: ClientClock,
  make: (name: string) => T,
): Held<T> {
  const entries = new Map<string, { thing: T; holders: number; cancel?: () => void }>();
  return {
    hold(name) {
      const entry = entries.get(name) ?? { thing: make(name), holders: 0 };
      entries.set(name, entry);
      entry.holders += 1;
      entry.cancel?.();
      let isHeld = true;
      const release = (): void => {
        if (!isHeld) return;
        isHeld = false;
        entry.holders -= 1;
        if (entry.holders > 0) return;
        entry.cancel = clock.after(LINGER_MS, () => {
          entries.delete(name);
          entry.thing.close();
        });
      };
      return [entry.thing, release];
    },
    get: (name) => entries.get(name)?.thing,
    close() {
      for (const { thing, cancel } of entries.values()) {
        cancel?.();
        thing.close();
      }
      entries.clear();
    },
  };
}
