/**
 * The connection as a page sees it (E5): the page names itself, its route decides whether there is a
 * connection, and what it is for.
 */
import { useCallback, useEffect, useState } from 'react';
import type { ServerPublication } from '@carillon/client';
import type { ConnectionStatus, RouteConfig } from '@carillon/client/ui';
import { useCarillon, useCarillonContext, usePageConfig } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import { useConnection } from './use-connection.ts';

export interface UseWebSocketByPageOptions {
  /** Of this page; not needed where the provider knows it. */
  readonly pathname?: string | undefined;
  /** The router's hook that tells it, always the same: `usePathname` of Next.js. */
  readonly usePathname?: () => string | null;
}

export interface PageMessage {
  readonly conversationId: string;
  readonly content: string;
  /** @default text */
  readonly kind?: string;
  readonly attributes?: unknown;
}

export interface UsedWebSocketByPage {
  readonly isConnected: boolean;
  /** `disabled`: this page has no connection. */
  readonly connectionStatus: ConnectionStatus;
  /** The latest of what the server has told this user, as far as the page's features go. */
  readonly lastMessage: ServerPublication | undefined;
  /**
   * Says something in a conversation: kept until it is delivered, over a lost connection too. Returns
   * its client id.
   * @throws CarillonError `feature_off`, `not_connected`
   */
  readonly sendMessage: (message: PageMessage) => string;
  /** What the route table gives this page. */
  readonly config: RouteConfig;
  readonly connect: () => void;
  readonly disconnect: () => void;
}

const noPathname = (): undefined => undefined;

export function useWebSocketByPage(options: UseWebSocketByPageOptions = {}): UsedWebSocketByPage {
  const { host, matcher, user } = useCarillonContext();
  const pathname = (options.usePathname ?? noPathname)() ?? options.pathname;
  const named = pathname === undefined ? undefined : matcher.match(pathname);
  useEffect(
    () => (named === undefined ? undefined : host.visit({ config: named, user })),
    [host, named, user],
  );
  const current = usePageConfig();
  const { status, isConnected, connect, disconnect } = useConnection();
  const carillon = useCarillon();
  const [lastMessage, setLastMessage] = useState<ServerPublication>();
  useEffect(() => {
    setLastMessage(undefined);
    return carillon?.client.onServerPublication(setLastMessage);
  }, [carillon]);
  const sendMessage = useCallback(
    ({ conversationId, ...input }: PageMessage) => {
      if (carillon === undefined) throw notConnected();
      const conversation = carillon.chat.open(conversationId);
      try {
        return conversation.send(input);
      } finally {
        conversation.release();
      }
    },
    [carillon],
  );
  return {
    isConnected,
    connectionStatus: status,
    lastMessage,
    sendMessage,
    config: named ?? current,
    connect,
    disconnect,
  };
}
