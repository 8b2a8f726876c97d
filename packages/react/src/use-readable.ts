/** The SDK's Readables in React: this is all the binding there is. */
import { useCallback, useSyncExternalStore } from 'react';
import type { Readable } from '@carillon/client';

const nothing = (): void => undefined;

/**
 * The value of a Readable, and a new rendering when it changes.
 * @param fallback what is shown without one, on the server and while hydrating: the same value each time
 */
export function useReadable<T>(readable: Readable<T> | undefined, fallback: T): T {
  const subscribe = useCallback(
    (listener: () => void) => readable?.subscribe(listener) ?? nothing,
    [readable],
  );
  const getFallback = (): T => fallback;
  return useSyncExternalStore(subscribe, readable?.get ?? getFallback, getFallback);
}
