/** Who is in a channel now; the channel's namespace needs presence. */
import { useMemo } from 'react';
import type { CarillonError, PresenceState } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import type { Status } from './status.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface UsedPresence {
  /** `off`: no connection on this page, or no `user_monitoring` in its route. */
  readonly status: Status;
  /** User ids, each once, sorted. */
  readonly users: readonly string[];
  readonly error?: CarillonError;
}

const LOADING: PresenceState = { status: 'loading', users: [] };

/** @param channel undefined: none for now */
export function usePresence(channel: string | undefined): UsedPresence {
  const { parts, isOff } = useParts('user_monitoring');
  const presence = parts?.presence;
  const open = useMemo(
    () =>
      presence === undefined || channel === undefined ? undefined : () => presence.watch(channel),
    [presence, channel],
  );
  const state = useReadable(useHeld(open)?.state, LOADING);
  return { ...state, status: isOff ? 'off' : state.status };
}
