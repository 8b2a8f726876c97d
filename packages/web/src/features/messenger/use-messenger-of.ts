/** The SDK for one signed-in person: made when they come in, closed when they go. */
import { createCarillon } from '@carillon/client';
import { useEffect, useState } from 'react';
import { createUploads } from './composer/create-uploads.ts';
import { createDrafts } from './composer/drafts.ts';
import type { Messenger } from './messenger.ts';
import type { Session } from './session/stored-session.ts';
import { createTokenSource } from './session/token-source.ts';
import type { ServerSettings } from './session/use-server-settings.ts';

interface MessengerInput {
  readonly session: Session;
  readonly server: ServerSettings;
  readonly onSignOut: () => void;
}

export function useMessengerOf(input: MessengerInput): Messenger | undefined {
  const { session, server, onSignOut } = input;
  const [parts, setParts] = useState<ReturnType<typeof openParts>>();
  useEffect(() => {
    const opened = openParts(session, server);
    setParts(opened);
    return () => {
      setParts(undefined);
      opened.close();
    };
  }, [session, server]);
  return parts === undefined ? undefined : { ...parts, isDemo: server.hasDemo, signOut: onSignOut };
}

function openParts(session: Session, { connection }: ServerSettings) {
  const { user } = session;
  // All windows of one person in this browser share a connection.
  const carillon = createCarillon({
    user,
    getToken: createTokenSource(session),
    connectTimeoutMs: connection.connectionTimeoutMs,
    reconnect: {
      minMs: connection.reconnectMinMs,
      maxMs: connection.reconnectMaxMs,
      maxAttempts: connection.maxReconnectAttempts,
    },
  });
  const { client, chat, inbox, desktop, tasks, presence, outbox } = carillon;
  const uploads = createUploads(carillon);
  client.connect();
  return {
    user,
    client,
    chat,
    inbox,
    desktop,
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
