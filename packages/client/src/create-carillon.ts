/** All of the SDK for one signed-in user; each part is made when it is first asked for. */
import { createChat } from './chat/create-chat.ts';
import type { Chat } from './chat/chat.ts';
import type { ClientOptions } from './client-options.ts';
import type { Client } from './client.ts';
import { createClient } from './create-client.ts';
import {
  createDesktopNotifications,
  type DesktopNotifications,
} from './desktop/desktop-notifications.ts';
import { loadDevices, type Device } from './devices/devices.ts';
import { createInbox } from './inbox/create-inbox.ts';
import type { Inbox } from './inbox/inbox.ts';
import { createOutbox } from './outbox/create-outbox.ts';
import type { OutboxStorage } from './outbox/outbox-storage.ts';
import type { Outbox } from './outbox/outbox.ts';
import { createPresence } from './presence/create-presence.ts';
import type { Presence } from './presence/presence.ts';
import { createTasks } from './tasks/create-tasks.ts';
import { createSharedClient } from './tabs/create-shared-client.ts';
import type { Tasks } from './tasks/tasks.ts';
import { uploadFile, type Upload, type UploadInput } from './uploads/upload-file.ts';

export interface CarillonOptions extends ClientOptions {
  /** Who is signed in: the `sub` of the tokens. Another user needs a Carillon of their own. */
  readonly user: string;
  /** Instead of a client made of these options. It is closed with the rest. */
  readonly client?: Client;
  /**
   * One connection for all tabs of this browser, where there are such.
   * @default true
   */
  readonly isShared?: boolean;
  /** Where the offline queue is kept. @default IndexedDB, or memory where there is none */
  readonly storage?: OutboxStorage;
}

export interface Carillon {
  /** `connect()` starts it. */
  readonly client: Client;
  readonly outbox: Outbox;
  readonly chat: Chat;
  readonly inbox: Inbox;
  readonly tasks: Tasks;
  readonly presence: Presence;
  readonly desktop: DesktopNotifications;
  /** @throws CarillonError */
  upload(input: UploadInput): Promise<Upload>;
  /** My connections. @throws CarillonError */
  devices(): Promise<readonly Device[]>;
  /** Ends everything; what waits in the offline queue stays there. */
  close(): void;
}

/** Makes nothing yet, and connects nowhere: `carillon.client.connect()` does. */
export function createCarillon(options: CarillonOptions): Carillon {
  const { user, storage } = options;
  const made: { close(): void }[] = [];
  const lazy = <T extends { close(): void }>(make: () => T): (() => T) => {
    let thing: T | undefined;
    return () => {
      if (thing === undefined) made.push((thing = make()));
      return thing;
    };
  };
  const client = lazy(() => options.client ?? makeClient(options));
  const outbox = lazy(() =>
    createOutbox({ client: client(), user, name: nameOf(options), ...(storage && { storage }) }),
  );
  const chat = lazy(() => createChat({ client: client(), outbox: outbox(), user }));
  const inbox = lazy(() => createInbox({ client: client() }));
  const tasks = lazy(() => createTasks({ client: client() }));
  const presence = lazy(() => createPresence({ client: client() }));
  const desktop = lazy(() => createDesktopNotifications({ inbox: inbox(), name: nameOf(options) }));
  return {
    get client() {
      return client();
    },
    get outbox() {
      return outbox();
    },
    get chat() {
      return chat();
    },
    get inbox() {
      return inbox();
    },
    get tasks() {
      return tasks();
    },
    get presence() {
      return presence();
    },
    get desktop() {
      return desktop();
    },
    upload: (input) => uploadFile(options, input),
    devices: () => loadDevices(client()),
    close() {
      for (const thing of made.splice(0).toReversed()) thing.close();
    },
  };
}

/** Tabs with different users are no tabs of one application: each user has a connection of their own. */
const makeClient = (options: CarillonOptions): Client =>
  options.isShared === false
    ? createClient(options)
    : createSharedClient({ ...options, sharedName: `${nameOf(options)} ${options.user}` });

/** One server may be met under one address only: another one has another queue. */
const nameOf = ({ url }: ClientOptions): string => url ?? globalThis.location?.origin ?? 'carillon';
