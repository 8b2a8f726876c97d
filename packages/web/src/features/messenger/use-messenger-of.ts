/** The SDK for one signed-in person: made when they come in, closed when they go. */
import { createCarillon } from '@carillon/client';
import { useEffect, useState } from 'react';
import { createUploads } from './composer/create-uploads.ts';
import { createDrafts } from './composer/drafts.ts';
import type { Messenger } from './messenger.ts';
import type { Session } from './session/stored-session.ts';
import { createTokenSource } from './session/token-source.ts';

interface MessengerInput {
  readonly session: Session;
  readonly isDemo: boolean;
  readonly onSignOut: () => void;
}

export function useMessengerOf(input: MessengerInput): Messenger | undefined {
  const { session, isDemo, onSignOut } = input;
  const [parts, setParts] = useState<ReturnType<typeof openParts>>();
  useEffect(() => {
    const opened = openParts(session);
    setParts(opened);
    return () => {
      setParts(undefined);
      opened.close();
    };
  }, [session]);
  return parts === undefined ? undefined : { ...parts, isDemo, signOut: onSignOut };
}

function openParts(session: Session) {
  const { user } = session;
  const carillon = createCarillon({ user, getToken: createTokenSource(session) });
  const { client, chat, inbox, tasks, presence, outbox } = carillon;
  const uploads = createUploads(carillon);
  client.connect();
  return {
    user,
    client,
    chat,
    inbox,
    tasks,
    presence,
    outbox,
    uploads,
    drafts: createDrafts(user, localStorage),
    close: () => {
      uploads.close();
      carillon.close();
    },
  };
}
