import type { ChatStore } from './chat-store.ts';
import type { InboxStore } from './inbox-store.ts';
import type { OperatorStore } from './operator-store.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { TaskStore } from './task-store.ts';
import type { UploadStore } from './upload-store.ts';

/** Nothing of the operation was saved: disk full or failing, database away. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The durable truth. An adapter opens it (and migrates), everybody else gets the parts they need. */
export interface Store {
  readonly chat: ChatStore;
  readonly inbox: InboxStore;
  readonly tasks: TaskStore;
  readonly uploads: UploadStore;
  readonly outbox: OutboxStore;
  readonly operator: OperatorStore;
  /** A durable write and read back; rejects while the store cannot save. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
