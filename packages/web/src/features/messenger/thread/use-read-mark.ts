/** Marks as read only what is really looked at: the newest message on the screen of a focused window. */
import type { Conversation } from '@carillon/client';
import { useEffect, useSyncExternalStore } from 'react';
import { useMessenger, useReadable } from '../messenger.ts';

const EVENTS = ['focus', 'blur', 'visibilitychange'] as const;

const subscribe = (listener: () => void): (() => void) => {
  for (const event of EVENTS) addEventListener(event, listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    for (const event of EVENTS) removeEventListener(event, listener);
    document.removeEventListener('visibilitychange', listener);
  };
};

const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

interface ReadMarkInput {
  readonly conversation: Conversation;
  readonly isAtEnd: boolean;
}

export function useReadMark({ conversation, isAtEnd }: ReadMarkInput): void {
  const { user } = useMessenger();
  const { messages, readSeqs, status } = useReadable(conversation.state);
  const isWatched = useSyncExternalStore(subscribe, isLookedAt);
  const seq = messages.at(-1)?.seq ?? 0;
  const isNew = seq > (readSeqs[user] ?? 0);
  useEffect(() => {
    if (status === 'ready' && isAtEnd && isWatched && isNew) conversation.markRead(seq);
  }, [conversation, status, isAtEnd, isWatched, isNew, seq]);
}
