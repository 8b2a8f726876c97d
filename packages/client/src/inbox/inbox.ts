/** The bell: notifications and absolute counts, the same in every tab and on every device. */
import type { MethodOutput } from '@carillon/protocol/procedures';
import type { CarillonError } from '../carillon-error.ts';
import type { Readable } from '../readable.ts';

export type Notification = MethodOutput<'inbox.list'>['notifications'][number];
export type InboxCounts = MethodOutput<'inbox.counts'>;
export type InboxFilter = 'all' | 'unread' | 'archived';
export type InboxMark = 'seen' | 'read' | 'unread' | 'archived' | 'unarchived';

export interface InboxList {
  readonly status: 'loading' | 'ready' | 'error';
  readonly filter: InboxFilter;
  /** Newest first. */
  readonly items: readonly Notification[];
  readonly hasMore: boolean;
  readonly error?: CarillonError;
}

export interface Inbox {
  /** Loaded when somebody subscribes; zeros with `rev` 0 until then. */
  readonly counts: Readable<InboxCounts>;
  /** Of the chosen filter; loaded when `setFilter` or `refresh` is first called. */
  readonly list: Readable<InboxList>;
  setFilter(filter: InboxFilter): void;
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
  /** Shown at once, taken back where the server refuses. Rejects then. */
  mark(ids: readonly string[] | 'all', mark: InboxMark): Promise<void>;
  /** A notification that has just come (not one that was loaded), for sounds and toasts. */
  onNotification(listener: (notification: Notification) => void): () => void;
  close(): void;
}
