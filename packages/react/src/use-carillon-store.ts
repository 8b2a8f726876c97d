/**
 * All that a small application wants of the connection in one hook (C8), under the names of the store
 * of @carillon/vue. Coming back after a loss, with pauses of up to 30 s, is the SDK's business.
 */
import type {
  DesktopPermission,
  InboxMark,
  Notification,
  ServerPublication,
} from '@carillon/client';
import type { ConnectionStatus } from '@carillon/client/ui';
import { useConnection } from './use-connection.ts';
import { useDesktopNotifications } from './use-desktop-notifications.ts';
import { useInbox } from './use-inbox.ts';
import { useWebSocketByPage } from './use-web-socket-by-page.ts';
import type { PageMessage } from './use-web-socket-by-page.ts';

export interface CarillonStore {
  readonly connected: boolean;
  readonly status: ConnectionStatus;
  /** How often it has tried since the connection was lost; 0 while connected. */
  readonly reconnectAttempts: number;
  readonly lastMessage: ServerPublication | undefined;
  readonly unread: number;
  /** Newest first. */
  readonly notifications: readonly Notification[];
  /** Of the browser; notifications are shown on the desktop while it is `granted`. */
  readonly desktopPermission: DesktopPermission;
  readonly connect: () => void;
  readonly disconnect: () => void;
  /** @throws CarillonError `feature_off`, `not_connected` */
  readonly send: (message: PageMessage) => string;
  readonly mark: (ids: readonly string[] | 'all', mark: InboxMark) => Promise<void>;
  /** Asks for the browser's permission; call it from a click. */
  readonly requestDesktop: () => Promise<DesktopPermission>;
}

export function useCarillonStore(): CarillonStore {
  const { status, state, isConnected, connect, disconnect } = useConnection();
  const { lastMessage, sendMessage } = useWebSocketByPage();
  const { counts, items, mark } = useInbox({ loadsList: true });
  const desktop = useDesktopNotifications();
  const isTrying = state?.status === 'waiting' || state?.status === 'connecting';
  return {
    connected: isConnected,
    status,
    reconnectAttempts: isTrying ? state.attempt : 0,
    lastMessage,
    unread: counts.unread,
    notifications: items,
    desktopPermission: desktop.permission,
    connect,
    disconnect,
    send: sendMessage,
    mark,
    requestDesktop: desktop.request,
  };
}
