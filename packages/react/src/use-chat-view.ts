/** A conversation as rows, without a look of its own; sending, typing and read marks included. */
import { useEffect, useMemo, useState } from 'react';
import {
  arrivedSince,
  chatRows,
  isBannerDue,
  lastSeq,
  seqToMark,
  typingText,
} from '@carillon/client/ui';
import type { ChatRow, MessageRow } from '@carillon/client/ui';
import { useCarillonContext } from './carillon-context.ts';
import type { Status } from './status.ts';
import { useClock } from './use-clock.ts';
import { useConnection } from './use-connection.ts';
import { useConversation } from './use-conversation.ts';
import type { ConversationActions } from './use-conversation.ts';
import { useLooking } from './use-looking.ts';
import { usePageConfig } from './carillon-context.ts';

export interface UseChatViewOptions {
  /** How people are called. @default their ids */
  readonly nameOf?: (user: string) => string;
  /** Whether the end of the list is on the screen: nothing is marked as read else. @default true */
  readonly isAtEnd?: boolean;
}

export interface UsedChatView extends ConversationActions {
  readonly status: Status;
  readonly rows: readonly ChatRow[];
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly hadGap: boolean;
  /** 'Ana is typing…', or ''. */
  readonly typingText: string;
  /** What has just come from others: for a screen reader. */
  readonly announcement: string;
  readonly lastSeq: number | undefined;
  /** Messages of others after this one. */
  readonly countAfter: (seq: number | undefined) => number;
  readonly ownCount: number;
  /** The connection has been missing for more than a moment. */
  readonly isOffline: boolean;
}

export function useChatView(
  conversationId: string | undefined,
  { nameOf, isAtEnd = true }: UseChatViewOptions = {},
): UsedChatView {
  const { texts, user = '' } = useCarillonContext();
  const used = useConversation(conversationId);
  const { state: connection } = useConnection();
  const nowMs = useClock('minute');
  const isLooking = useLooking();
  const { messages, pending, markRead, setTyping } = used;
  const state = { ...used, status: used.status === 'off' ? 'loading' : used.status } as const;
  const rows = useMemo(
    () => chatRows({ state, user, nowMs, texts, nameOf }),
    // The state is made of these and of nothing else that rows show.
    [
      messages,
      pending,
      used.readSeqs,
      used.firstUnreadSeq,
      used.conversation,
      user,
      nowMs,
      texts,
      nameOf,
    ],
  );
  const seq = seqToMark({ state, user, isAtEnd, isLooking });
  useEffect(() => {
    if (seq !== undefined) markRead(seq);
  }, [seq, markRead]);
  const isTypingListed = usePageConfig().features.has('typing_indicator');
  const arrived = useAnnouncement(conversationId, state, user);
  return {
    ...used,
    setTyping: isTypingListed ? setTyping : ignore,
    rows,
    typingText: typingText(used.typing, texts, nameOf),
    announcement: arrived
      .map(({ sender, content }) =>
        texts.t('chat.says', { name: nameOf?.(sender) ?? sender, text: content }),
      )
      .join('\n'),
    lastSeq: lastSeq(state),
    countAfter: (after) => arrivedSince(state, after, user).length,
    ownCount: rows.filter(isOwn).length,
    isOffline: useIsOffline(connection),
  };
}

const ignore = (): void => undefined;
const isOwn = (row: ChatRow): row is MessageRow => row.kind === 'message' && row.isOwn;

type State = Parameters<typeof arrivedSince>[0];

/** Only what came after the conversation was loaded; loading more history says nothing. */
function useAnnouncement(id: string | undefined, state: State, user: string) {
  const [told, setTold] = useState<{ readonly id: string | undefined; readonly seq: number }>();
  const [arrived, setArrived] = useState<readonly State['messages'][number][]>([]);
  const last = state.status === 'ready' ? (lastSeq(state) ?? 0) : undefined;
  useEffect(() => {
    if (last === undefined) return;
    setTold({ id, seq: last });
    if (told === undefined || told.id !== id || told.seq >= last) return;
    const news = arrivedSince(state, told.seq, user);
    if (news.length > 0) setArrived(news);
    // Told once per new last message, with the state of that moment.
  }, [id, last]);
  return arrived;
}

function useIsOffline(connection: Parameters<typeof isBannerDue>[0]): boolean {
  const isUp = connection === undefined || ['idle', 'connected'].includes(connection.status);
  const nowMs = useClock(isUp ? undefined : 'second');
  return isBannerDue(connection, nowMs);
}
