/** My conversations, live. */
import { computed } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type {
  CarillonError,
  Chat,
  ConversationItem,
  ConversationList,
  ConversationView,
} from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useReadable } from './use-readable.ts';

export interface UsedConversations {
  /** `off`: no connection on this page, or no `messaging` in its route. */
  readonly status: ComputedRef<Status>;
  /** The most recently active first. */
  readonly items: ComputedRef<readonly ConversationItem[]>;
  readonly hasMore: ComputedRef<boolean>;
  readonly error: ComputedRef<CarillonError | undefined>;
  /** Of all that are loaded. */
  readonly unread: Readonly<ShallowRef<number>>;
  readonly loadMore: () => Promise<void>;
  /** @throws CarillonError */
  readonly create: (input: Parameters<Chat['create']>[0]) => Promise<ConversationView>;
}

const LOADING: ConversationList = { status: 'loading', items: [], hasMore: false };

export function useConversations(): UsedConversations {
  const { parts, isOff } = useParts('messaging');
  const list = useReadable(() => parts.value?.chat.conversations, LOADING);
  return {
    status: computed(() => (isOff.value ? 'off' : list.value.status)),
    items: computed(() => list.value.items),
    hasMore: computed(() => list.value.hasMore),
    error: computed(() => list.value.error),
    unread: useReadable(() => parts.value?.chat.unread, 0),
    loadMore: async () => parts.value?.chat.loadMore(),
    create: async (input) => {
      if (parts.value === undefined) throw notConnected();
      return parts.value.chat.create(input);
    },
  };
}
