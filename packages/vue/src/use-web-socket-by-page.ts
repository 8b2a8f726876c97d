/**
 * The connection as a page sees it (E5): the page names itself, its route decides whether there is a
 * connection, and what it is for.
 */
import { computed, shallowRef, toValue, watch } from 'vue';
import type { ComputedRef, MaybeRefOrGetter, ShallowRef } from 'vue';
import type { ServerPublication } from '@carillon/client';
import type { ConnectionStatus, RouteConfig } from '@carillon/client/ui';
import { useCarillon, useCarillonContext, usePageConfig } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import { useConnection } from './use-connection.ts';

export interface UseWebSocketByPageOptions {
  /** Of this page: `() => useRoute().path`; not needed where the plugin has the router. */
  readonly pathname?: MaybeRefOrGetter<string | undefined>;
}

export interface PageMessage {
  readonly conversationId: string;
  readonly content: string;
  /** @default text */
  readonly kind?: string;
  readonly attributes?: unknown;
}

export interface UsedWebSocketByPage {
  readonly isConnected: ComputedRef<boolean>;
  /** `disabled`: this page has no connection. */
  readonly connectionStatus: ComputedRef<ConnectionStatus>;
  /** The latest of what the server has told this user, as far as the page's features go. */
  readonly lastMessage: Readonly<ShallowRef<ServerPublication | undefined>>;
  /**
   * Says something in a conversation: kept until it is delivered, over a lost connection too. Returns
   * its client id.
   * @throws CarillonError `feature_off`, `not_connected`
   */
  readonly sendMessage: (message: PageMessage) => string;
  /** What the route table gives this page. */
  readonly config: ComputedRef<RouteConfig>;
  readonly connect: () => void;
  readonly disconnect: () => void;
}

export function useWebSocketByPage(options: UseWebSocketByPageOptions = {}): UsedWebSocketByPage {
  const { host, matcher, user, isMounted } = useCarillonContext();
  const named = computed(() => {
    const pathname = toValue(options.pathname);
    return pathname === undefined ? undefined : matcher.match(pathname);
  });
  watch(
    [() => (isMounted.value ? named.value : undefined), user],
    ([config, who], _, onCleanup) => {
      if (config !== undefined) onCleanup(host.visit({ config, user: who }));
    },
    { immediate: true, flush: 'sync' },
  );
  const current = usePageConfig();
  const { status, isConnected, connect, disconnect } = useConnection();
  const carillon = useCarillon();
  const lastMessage = shallowRef<ServerPublication>();
  watch(
    carillon,
    (now, _, onCleanup) => {
      lastMessage.value = undefined;
      if (now === undefined) return;
      onCleanup(
        now.client.onServerPublication((publication) => {
          lastMessage.value = publication;
        }),
      );
    },
    { immediate: true },
  );
  return {
    isConnected,
    connectionStatus: status,
    lastMessage,
    sendMessage: ({ conversationId, ...input }) => {
      if (carillon.value === undefined) throw notConnected();
      const conversation = carillon.value.chat.open(conversationId);
      try {
        return conversation.send(input);
      } finally {
        conversation.release();
      }
    },
    config: computed(() => named.value ?? current.value),
    connect,
    disconnect,
  };
}
