/** One remembered choice of the visitor (language, colours), observable for React. */

export interface StoredChoice<T extends string> {
  readonly get: () => T;
  readonly set: (value: T) => void;
  /** Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
}

interface StoredChoiceOptions<T extends string> {
  readonly storageKey: string;
  readonly isValid: (value: unknown) => value is T;
  readonly fallback: () => T;
}

export function createStoredChoice<T extends string>(
  options: StoredChoiceOptions<T>,
): StoredChoice<T> {
  const listeners = new Set<() => void>();
  const stored = read(options.storageKey);
  let value = options.isValid(stored) ? stored : options.fallback();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      write(options.storageKey, next);
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Storage may be switched off in the browser; the choice then lasts as long as the page. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return;
  }
}
