/** The connection of the page: its state for eyes, and the three things one can do about it. */
import { computed } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { ConnectionState } from '@carillon/client';
import { stateBefore } from '@carillon/client/ui';
import type { ConnectionStatus } from '@carillon/client/ui';
import { useCarillon, useCarillonContext } from './carillon-context.ts';
import { useReadable } from './use-readable.ts';

export interface UsedConnection {
  /** `disabled`: this page has none. */
  readonly status: ComputedRef<ConnectionStatus>;
  /** With its details; undefined while `disabled`. */
  readonly state: ComputedRef<ConnectionState | undefined>;
  readonly isConnected: ComputedRef<boolean>;
  /** Who the server says we are; undefined until connected. */
  readonly user: Readonly<ShallowRef<string | undefined>>;
  readonly connect: () => void;
  /** Stops, and stays so until `connect`. */
  readonly disconnect: () => void;
  /** Now instead of later; also after it was given up. */
  readonly retryNow: () => void;
}

export function useConnection(): UsedConnection {
  const { host, config, user, isMounted } = useCarillonContext();
  const carillon = useCarillon();
  const now = useReadable(host.state, undefined);
  // What the server renders, and the browser before it takes over: what will be, if all goes well.
  const before = computed(() => stateBefore({ config: config.value, user: user.value }));
  const state = computed(() => (isMounted.value ? now.value : before.value));
  const { connect, disconnect, retryNow } = host;
  return {
    status: computed(() => state.value?.status ?? 'disabled'),
    state,
    isConnected: computed(() => state.value?.status === 'connected'),
    user: useReadable(() => carillon.value?.client.user, undefined),
    connect,
    disconnect,
    retryNow,
  };
}
