/** What every part of the messenger works on: the SDK of one signed-in person, and how React reads it. */
import type {
  Chat,
  Client,
  DesktopNotifications,
  Inbox,
  Outbox,
  Presence,
  Readable,
  Tasks,
} from '@carillon/client';
import { createContext, use, useSyncExternalStore } from 'react';
import type { Drafts } from './composer/drafts.ts';
import type { Uploads } from './composer/uploads.ts';

export interface Messenger {
  readonly user: string;
  readonly client: Client;
  readonly chat: Chat;
  readonly inbox: Inbox;
  readonly desktop: DesktopNotifications;
  readonly tasks: Tasks;
  readonly presence: Presence;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly drafts: Drafts;
  /** A development server: the page may show how to try things, and other people can be played. */
  readonly isDemo: boolean;
  readonly signOut: () => void;
}

const Context = createContext<Messenger | undefined>(undefined);

export const MessengerProvider = Context.Provider;

export function useMessenger(): Messenger {
  const messenger = use(Context);
  if (messenger === undefined) throw new Error('used outside of the messenger');
  return messenger;
}

export const useReadable = <T>(readable: Readable<T>): T =>
  useSyncExternalStore(readable.subscribe, readable.get);
