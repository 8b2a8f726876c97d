/** Who has this conversation open now. */
import type { ChannelPresence } from '@carillon/client';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useMessenger } from '../messenger.ts';

const nothing = (): (() => void) => () => undefined;

export function usePeopleHere(conversationId: string): ReadonlySet<string> {
  const { presence } = useMessenger();
  const [watched, setWatched] = useState<ChannelPresence>();
  useEffect(() => {
    const opened = presence.watch(`chat:${conversationId}`);
    setWatched(opened);
    return () => {
      setWatched(undefined);
      opened.release();
    };
  }, [presence, conversationId]);
  const users = useSyncExternalStore(
    watched?.state.subscribe ?? nothing,
    () => watched?.state.get().users,
  );
  return useMemo(() => new Set(users), [users]);
}
