/** The connection of the page: its state for eyes, and the three things one can do about it. */
import { useMemo } from 'react';
import type { ConnectionState } from '@carillon/client';
import type { ConnectionStatus } from '@carillon/client/ui';
import { useCarillon, useCarillonContext } from './carillon-context.ts';
import { useReadable } from './use-readable.ts';

export interface UsedConnection {
  /** `disabled`: this page has none. */
  readonly status: ConnectionStatus;
  /** With its details; undefined while `disabled`. */
  readonly state: ConnectionState | undefined;
  readonly isConnected: boolean;
  /** Who the server says we are; undefined until connected. */
  readonly user: string | undefined;
  readonly connect: () => void;
  /** Stops, and stays so until `connect`. */
  readonly disconnect: () => void;
  /** Now instead of later; also after it was given up. */
  readonly retryNow: () => void;
}

export function useConnection(): UsedConnection {
  const { host, initialState } = useCarillonContext();
  const state = useReadable(host.state, initialState);
  const user = useReadable(useCarillon()?.client.user, undefined);
  const actions = useMemo(
    () => ({ connect: host.connect, disconnect: host.disconnect, retryNow: host.retryNow }),
    [host],
  );
  return {
    status: state?.status ?? 'disabled',
    state,
    isConnected: state?.status === 'connected',
    user,
    ...actions,
  };
}
