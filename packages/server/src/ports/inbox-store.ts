import type { RawJson } from '@carillon/protocol';

export interface Notification {
  readonly id: string;
  readonly user: string;
  /** Position in this user's inbox: 1, 2, 3 … */
  readonly seq: number;
  readonly title: string;
  readonly content: string;
  /** info, success, warning, error, or the app's own. */
  readonly type: string;
  readonly link?: string;
  readonly source?: string;
  readonly data?: RawJson;
  readonly createdAt: number;
  readonly seenAt?: number;
  readonly readAt?: number;
  readonly archivedAt?: number;
}

export interface NewNotification {
  /** Shared by all recipients' rows of one call. */
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly type: string;
  readonly link?: string;
  readonly source?: string;
  readonly data?: RawJson;
  /** Unique per user: a second notification with it is not stored. */
  readonly dedupeKey?: string;
}

/** Absolute, with the inbox's `rev`: a client keeps the numbers with the highest rev, so they cannot drift. */
export interface InboxCounts {
  readonly unread: number;
  readonly unseen: number;
  readonly total: number;
  readonly rev: number;
}

export interface AddedNotification {
  readonly notification: Notification;
  readonly counts: InboxCounts;
  /** False: the dedupeKey was known; the stored one is returned. */
  readonly isNew: boolean;
  readonly outboxId?: number;
}

export type InboxMark = 'seen' | 'read' | 'unread' | 'archived' | 'unarchived';
export type InboxFilter = 'all' | 'unread' | 'archived';

export interface InboxQuery {
  readonly filter: InboxFilter;
  readonly cursor?: string;
  readonly limit: number;
}

export interface InboxStore {
  /** One row per user in one transaction; `pushTo` are those who are to get a push as well. */
  addNotifications(
    input: NewNotification,
    users: readonly string[],
    pushTo: readonly string[],
  ): Promise<readonly AddedNotification[]>;
  /** Newest first. `all` leaves archived ones out. */
  listNotifications(
    user: string,
    query: InboxQuery,
  ): Promise<{ items: readonly Notification[]; next?: string }>;
  /** Ascending by seq, for resuming a stream; at most `limit`. */
  listAfter(user: string, seq: number, limit: number): Promise<readonly Notification[]>;
  /** By id, or all at once; ids of other users are not touched. Returns what changed. */
  markNotifications(
    user: string,
    ids: readonly string[] | 'all',
    mark: InboxMark,
  ): Promise<{ changedIds: readonly string[]; counts: InboxCounts }>;
  counts(user: string): Promise<InboxCounts>;
}
