/**
 * The connection as a store (C8): `defineStore('carillon', carillonStore)` makes a Pinia store of it.
 * Pinia is not needed: called in a component it is a composable like the others. Coming back after a
 * loss, with pauses of up to 30 s, is the SDK's business; the store shows it.
 */
import { computed, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type {
  DesktopPermission,
  InboxMark,
  Notification,
  ServerPublication,
} from '@carillon/client';
import type { ConnectionStatus } from '@carillon/client/ui';
import { useParts } from './carillon-context.ts';
import { useConnection } from './use-connection.ts';
import { useInbox } from './use-inbox.ts';
import { useReadable } from './use-readable.ts';
import { useWebSocketByPage } from './use-web-socket-by-page.ts';
import type { PageMessage } from './use-web-socket-by-page.ts';

export interface CarillonStore {
  readonly connected: ComputedRef<boolean>;
  readonly status: ComputedRef<ConnectionStatus>;
  /** How often it has tried since the connection was lost; 0 while connected. */
  readonly reconnectAttempts: ComputedRef<number>;
  readonly lastMessage: Readonly<ShallowRef<ServerPublication | undefined>>;
  readonly unread: ComputedRef<number>;
  /** Newest first. */
  readonly notifications: ComputedRef<readonly Notification[]>;
  /** Of the browser, for notifications on the desktop; they are shown by one tab while it is `granted`. */
  readonly desktopPermission: Readonly<ShallowRef<DesktopPermission>>;
  readonly connect: () => void;
  readonly disconnect: () => void;
  /** @throws CarillonError `feature_off`, `not_connected` */
  readonly send: (message: PageMessage) => string;
  readonly mark: (ids: readonly string[] | 'all', mark: InboxMark) => Promise<void>;
  /** Asks for the browser's permission; call it from a click. */
  readonly requestDesktop: () => Promise<DesktopPermission>;
}

export function carillonStore(): CarillonStore {
  const { status, state, isConnected, connect, disconnect } = useConnection();
  const { lastMessage, sendMessage } = useWebSocketByPage();
  const inbox = useInbox({ loadsList: true });
  const { parts } = useParts('system_notifications');
  // Made here: it is what shows them, from now on.
  const desktop = computed(() => parts.value?.desktop);
  watch(desktop, () => undefined, { immediate: true });
  return {
    connected: isConnected,
    status,
    reconnectAttempts: computed(() => {
      const now = state.value;
      return now?.status === 'waiting' || now?.status === 'connecting' ? now.attempt : 0;
    }),
    lastMessage,
    unread: computed(() => inbox.counts.value.unread),
    notifications: inbox.items,
    desktopPermission: useReadable(() => desktop.value?.permission, 'default'),
    connect,
    disconnect,
    send: sendMessage,
    mark: inbox.mark,
    requestDesktop: async () => (await desktop.value?.request()) ?? 'unsupported',
  };
}
