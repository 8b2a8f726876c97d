/** The SDK: see docs/sdk.md. */
export { CarillonError } from './carillon-error.ts';
export type { CarillonErrorOptions, ClientErrorName } from './carillon-error.ts';
export type * from './channel.ts';
export type * from './chat/chat.ts';
export { createChat } from './chat/create-chat.ts';
export type { ChatOptions } from './chat/create-chat.ts';
export type * from './client.ts';
export type * from './connection/connection-state.ts';
export type * from './inbox/inbox.ts';
export { createOutbox } from './outbox/create-outbox.ts';
export type { OutboxOptions } from './outbox/create-outbox.ts';
export type * from './outbox/outbox.ts';
export type { Readable } from './readable.ts';
export type * from './tasks/tasks.ts';
