/** A conversation as rows, without a look of its own; sending, typing and read marks included. */
import { computed, shallowRef, toValue, watch } from 'vue';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import type { ConversationState, Message } from '@carillon/client';
import {
  arrivedSince,
  chatRows,
  isBannerDue,
  lastSeq,
  seqToMark,
  typingText,
} from '@carillon/client/ui';
import type { ChatRow } from '@carillon/client/ui';
import { useCarillonContext, usePageConfig } from './carillon-context.ts';
import type { Status } from './status.ts';
import { useClock } from './use-clock.ts';
import { useConnection } from './use-connection.ts';
import { useConversation } from './use-conversation.ts';
import type { ConversationActions } from './use-conversation.ts';
import { useLooking } from './use-looking.ts';

export interface UseChatViewOptions {
  /** How people are called. @default their ids */
  readonly nameOf?: ((user: string) => string) | undefined;
  /** Whether the end of the list is on the screen: nothing is marked as read else. @default true */
  readonly isAtEnd?: MaybeRefOrGetter<boolean>;
}

export interface UsedChatView extends ConversationActions {
  readonly status: ComputedRef<Status>;
  readonly rows: ComputedRef<readonly ChatRow[]>;
  readonly hasOlder: ComputedRef<boolean>;
  readonly isLoadingOlder: ComputedRef<boolean>;
  readonly hadGap: ComputedRef<boolean>;
  /** 'Ana is typing…', or ''. */
  readonly typingText: ComputedRef<string>;
  /** What has just come from others: for a screen reader. */
  readonly announcement: ComputedRef<string>;
  readonly lastSeq: ComputedRef<number | undefined>;
  /** Messages of others after this one. */
  readonly countAfter: (seq: number | undefined) => number;
  readonly ownCount: ComputedRef<number>;
  /** The connection has been missing for more than a moment. */
  readonly isOffline: ComputedRef<boolean>;
}

export function useChatView(
  conversationId: MaybeRefOrGetter<string | undefined>,
  { nameOf, isAtEnd = true }: UseChatViewOptions = {},
): UsedChatView {
  const context = useCarillonContext();
  const { texts } = context;
  const me = computed(() => context.user.value ?? '');
  const used = useConversation(conversationId);
  const { state, markRead, setTyping } = used;
  const nowMs = useClock(() => 'minute');
  const isLooking = useLooking();
  const config = usePageConfig();
  const rows = computed(() =>
    chatRows({
      state: state.value,
      user: me.value,
      nowMs: nowMs.value,
      texts: texts.value,
      nameOf,
    }),
  );
  watch(
    () =>
      seqToMark({
        state: state.value,
        user: me.value,
        isAtEnd: toValue(isAtEnd),
        isLooking: isLooking.value,
      }),
    (seq) => {
      if (seq !== undefined) markRead(seq);
    },
    { immediate: true },
  );
  const arrived = useArrived(() => toValue(conversationId), state, me);
  return {
    ...used,
    setTyping: (isTyping) => {
      if (config.value.features.has('typing_indicator')) setTyping(isTyping);
    },
    rows,
    isLoadingOlder: computed(() => state.value.isLoadingOlder),
    typingText: computed(() => typingText(state.value.typing, texts.value, nameOf)),
    announcement: computed(() =>
      arrived.value
        .map(({ sender, content }) =>
          texts.value.t('chat.says', { name: nameOf?.(sender) ?? sender, text: content }),
        )
        .join('\n'),
    ),
    lastSeq: computed(() => lastSeq(state.value)),
    countAfter: (after) => arrivedSince(state.value, after, me.value).length,
    ownCount: computed(
      () => rows.value.filter((row) => row.kind === 'message' && row.isOwn).length,
    ),
    isOffline: useIsOffline(),
  };
}

/** Only what came after the conversation was loaded; loading more history says nothing. */
function useArrived(
  id: () => string | undefined,
  state: Readonly<{ value: ConversationState }>,
  me: ComputedRef<string>,
) {
  const arrived = shallowRef<readonly Message[]>([]);
  const last = (): number | undefined =>
    state.value.status === 'ready' ? (lastSeq(state.value) ?? 0) : undefined;
  let told: { readonly id: string | undefined; readonly seq: number } | undefined;
  watch([id, last], ([now, seq]) => {
    if (seq === undefined) return;
    const before = told;
    told = { id: now, seq };
    if (before === undefined || before.id !== now || before.seq >= seq) return;
    const news = arrivedSince(state.value, before.seq, me.value);
    if (news.length > 0) arrived.value = news;
  });
  return arrived;
}

function useIsOffline(): ComputedRef<boolean> {
  const { state } = useConnection();
  const isUp = computed(() => ['idle', 'connected'].includes(state.value?.status ?? 'idle'));
  const nowMs = useClock(() => (isUp.value ? undefined : 'second'));
  return computed(() => isBannerDue(state.value, nowMs.value));
}
