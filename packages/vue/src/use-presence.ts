/** Who is in a channel now; the channel's namespace needs presence. */
import { computed, toValue } from 'vue';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import type { CarillonError, PresenceState } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import type { Status } from './status.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface UsedPresence {
  /** `off`: no connection on this page, or no `user_monitoring` in its route. */
  readonly status: ComputedRef<Status>;
  /** User ids, each once, sorted. */
  readonly users: ComputedRef<readonly string[]>;
  readonly error: ComputedRef<CarillonError | undefined>;
}

const LOADING: PresenceState = { status: 'loading', users: [] };

/** @param channel undefined: none for now */
export function usePresence(channel: MaybeRefOrGetter<string | undefined>): UsedPresence {
  const { parts, isOff } = useParts('user_monitoring');
  const held = useHeld({
    owner: () => parts.value?.presence,
    id: () => toValue(channel),
    open: (presence, name) => presence.watch(name),
  });
  const state = useReadable(() => held.value?.state, LOADING);
  return {
    status: computed(() => (isOff.value ? 'off' : state.value.status)),
    users: computed(() => state.value.users),
    error: computed(() => state.value.error),
  };
}
