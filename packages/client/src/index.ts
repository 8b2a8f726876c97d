/** The SDK: see docs/sdk.md. */
export type { Method, MethodInput, MethodOutput } from '@carillon/protocol/procedures';
export { CarillonError } from './carillon-error.ts';
export type { CarillonErrorOptions, ClientErrorName } from './carillon-error.ts';
export type * from './channel.ts';
export type { BackoffLimits } from './connection/backoff.ts';
export type * from './chat/chat.ts';
export { createChat } from './chat/create-chat.ts';
export type { ChatOptions } from './chat/create-chat.ts';
export { LOADING_CONVERSATION } from './chat/open-conversation.ts';
export type { ClientOptions, ReconnectOptions } from './client-options.ts';
export type * from './client.ts';
export type * from './connection/connection-state.ts';
export type { GetToken, TokenRequest } from './connection/tokens.ts';
export { createCarillon } from './create-carillon.ts';
export type { Carillon, CarillonOptions } from './create-carillon.ts';
export { createClient } from './create-client.ts';
export { createDesktopNotifications } from './desktop/desktop-notifications.ts';
export type {
  Desktop,
  DesktopNotifications,
  DesktopNotificationsOptions,
  DesktopPermission,
} from './desktop/desktop-notifications.ts';
export { loadDevices } from './devices/devices.ts';
export type { Device } from './devices/devices.ts';
export type { ClientClock, ClientEnvironment, PageEvent, TransportMemory } from './environment.ts';
export { createInbox } from './inbox/create-inbox.ts';
export type { InboxOptions } from './inbox/create-inbox.ts';
export type * from './inbox/inbox.ts';
export { createOutbox } from './outbox/create-outbox.ts';
export type { OutboxOptions } from './outbox/create-outbox.ts';
export type { OutboxStorage } from './outbox/outbox-storage.ts';
export type * from './outbox/outbox.ts';
export { createPresence } from './presence/create-presence.ts';
export type { PresenceOptions } from './presence/create-presence.ts';
export type * from './presence/presence.ts';
export type { Readable } from './readable.ts';
export { createTasks } from './tasks/create-tasks.ts';
export type { TasksOptions } from './tasks/create-tasks.ts';
export type * from './tasks/tasks.ts';
export { createSharedClient } from './tabs/create-shared-client.ts';
export type { SharedClientOptions } from './tabs/create-shared-client.ts';
export type { TabEnvironment } from './tabs/tab-environment.ts';
export { uploadFile } from './uploads/upload-file.ts';
export type { Upload, UploadInput, UploadServer } from './uploads/upload-file.ts';
