/** My conversations, live. */
import { useCallback } from 'react';
import type { Chat, ConversationItem, ConversationView } from '@carillon/client';
import type { CarillonError, ConversationList } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useReadable } from './use-readable.ts';

export interface UsedConversations {
  /** `off`: no connection on this page, or no `messaging` in its route. */
  readonly status: Status;
  /** The most recently active first. */
  readonly items: readonly ConversationItem[];
  readonly hasMore: boolean;
  readonly error?: CarillonError;
  /** Of all that are loaded. */
  readonly unread: number;
  readonly loadMore: () => Promise<void>;
  /** @throws CarillonError */
  readonly create: (input: Parameters<Chat['create']>[0]) => Promise<ConversationView>;
}

const LOADING: ConversationList = { status: 'loading', items: [], hasMore: false };

export function useConversations(): UsedConversations {
  const { parts, isOff } = useParts('messaging');
  const chat = parts?.chat;
  const list = useReadable(chat?.conversations, LOADING);
  const unread = useReadable(chat?.unread, 0);
  const loadMore = useCallback(async () => chat?.loadMore(), [chat]);
  const create = useCallback(
    async (input: Parameters<Chat['create']>[0]) => {
      if (chat === undefined) throw notConnected();
      return chat.create(input);
    },
    [chat],
  );
  return { ...list, status: isOff ? 'off' : list.status, unread, loadMore, create };
}
