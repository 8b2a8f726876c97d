/** Holds one conversation open while it is on the screen. */
import type { Conversation } from '@carillon/client';
import { useEffect, useState } from 'react';
import { useMessenger } from '../messenger.ts';

export function useConversation(id: string): Conversation | undefined {
  const { chat, presence } = useMessenger();
  const [conversation, setConversation] = useState<Conversation>();
  useEffect(() => {
    // First: who comes and goes is asked for with the subscription, which both share.
    const here = presence.watch(`chat:${id}`);
    const opened = chat.open(id);
    setConversation(opened);
    return () => {
      setConversation(undefined);
      opened.release();
      here.release();
    };
  }, [chat, presence, id]);
  return conversation;
}
