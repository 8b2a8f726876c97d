/** One conversation while the component is there: what was said, what is on its way, who is typing. */
import { useMemo } from 'react';
import { LOADING_CONVERSATION } from '@carillon/client';
import type { Conversation, ConversationState, SendInput } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useHeld } from './use-held.ts';
import { useReadable } from './use-readable.ts';

export interface ConversationActions {
  /** Shown at once, kept until delivered. Returns its client id. @throws CarillonError */
  readonly send: (input: SendInput | string) => string;
  readonly retry: (clientId: string) => void;
  readonly discard: (clientId: string) => void;
  readonly loadOlder: () => Promise<void>;
  readonly markRead: (seq: number) => void;
  /** On every key. @throws CarillonError `feature_off` without `typing_indicator` */
  readonly setTyping: (isTyping: boolean) => void;
}

export interface UsedConversation extends Omit<ConversationState, 'status'>, ConversationActions {
  /** `off`: no connection on this page, or no `messaging` in its route. */
  readonly status: Status;
}

/** @param id undefined: none for now */
export function useConversation(id: string | undefined): UsedConversation {
  const { parts, isOff } = useParts('messaging');
  const chat = parts?.chat;
  const open = useMemo(
    () => (chat === undefined || id === undefined ? undefined : () => chat.open(id)),
    [chat, id],
  );
  const conversation = useHeld(open);
  const state = useReadable(conversation?.state, LOADING_CONVERSATION);
  const actions = useMemo(() => actionsOf(conversation), [conversation]);
  return { ...state, ...actions, status: isOff ? 'off' : state.status };
}

function actionsOf(conversation: Conversation | undefined): ConversationActions {
  return {
    send: (input) => {
      if (conversation === undefined) throw notConnected();
      return conversation.send(typeof input === 'string' ? { content: input } : input);
    },
    retry: (clientId) => conversation?.retry(clientId),
    discard: (clientId) => conversation?.discard(clientId),
    loadOlder: async () => conversation?.loadOlder(),
    markRead: (seq) => conversation?.markRead(seq),
    setTyping: (isTyping) => conversation?.setTyping(isTyping),
  };
}
