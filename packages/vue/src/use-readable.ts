/** The SDK's Readables in Vue: this is all the binding there is. */
import { shallowRef, toValue, watch } from 'vue';
import type { MaybeRefOrGetter, ShallowRef } from 'vue';
import type { Readable } from '@carillon/client';

/**
 * The value of a Readable, kept up to date until the component or scope ends.
 * @param fallback what is there without one
 */
export function useReadable<T>(
  readable: MaybeRefOrGetter<Readable<T> | undefined>,
  fallback: T,
): Readonly<ShallowRef<T>> {
  const value = shallowRef(fallback);
  watch(
    () => toValue(readable),
    (source, _, onCleanup) => {
      if (source === undefined) {
        value.value = fallback;
        return;
      }
      value.value = source.get();
      onCleanup(
        source.subscribe(() => {
          value.value = source.get();
        }),
      );
    },
    // At once: what is shown is never older than what the SDK says.
    { immediate: true, flush: 'sync' },
  );
  return value;
}
