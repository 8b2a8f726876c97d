/** The time for texts that change by themselves, shared by all components that show one. */
import type { ShallowRef } from 'vue';
import type { Readable } from '@carillon/client';
import { createTickingClock } from '@carillon/client/ui';
import { useCarillonContext } from './carillon-context.ts';
import { useReadable } from './use-readable.ts';

const EVERY: Readonly<Record<'second' | 'minute', Readable<number>>> = {
  second: createTickingClock(1_000),
  minute: createTickingClock(30_000),
};

/**
 * Epoch milliseconds. 0 on the server and while hydrating: what both render is the same then.
 * @param rate undefined: nothing on the screen depends on it now
 */
export function useClock(
  rate: () => 'second' | 'minute' | undefined,
): Readonly<ShallowRef<number>> {
  const { isMounted } = useCarillonContext();
  return useReadable(() => {
    const now = isMounted.value ? rate() : undefined;
    return now === undefined ? undefined : EVERY[now];
  }, 0);
}
