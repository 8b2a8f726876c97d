/** Holds one conversation open while it is on the screen. */
import type { Conversation } from '@carillon/client';
import { useEffect, useState } from 'react';
import { useMessenger } from '../messenger.ts';

export function useConversation(id: string): Conversation | undefined {
  const { chat } = useMessenger();
  const [conversation, setConversation] = useState<Conversation>();
  useEffect(() => {
    const opened = chat.open(id);
    setConversation(opened);
    return () => {
      setConversation(undefined);
      opened.release();
    };
  }, [chat, id]);
  return conversation;
}
