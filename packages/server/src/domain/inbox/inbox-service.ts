/** A person's notifications: stored, then told; read state and counts that are the same everywhere. */
import type { Outcome, RawJson } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { InboxCounts, InboxFilter, InboxMark, Notification } from '../../ports/inbox-store.ts';

export interface Notice {
  readonly title: string;
  /** @default '' */
  readonly content?: string;
  /** info, success, warning, error, or the app's own. @default 'info' */
  readonly type?: string;
  readonly link?: string;
  readonly source?: string;
  readonly data?: RawJson;
  /** Unique per user: a second notification with it is neither stored nor told. */
  readonly dedupeKey?: string;
}

export interface Accepted {
  /** Shared by all recipients' copies; of the stored one when everybody had it by its dedupeKey. */
  readonly id: string;
  /** People who have it now for the first time. */
  readonly accepted: number;
}

export interface NotificationPage {
  readonly items: readonly Notification[];
  readonly next?: string;
}

/** Failures: `invalid_field`, `too_long`, `too_many`, `storage_unavailable`. None rejects for an expected reason. */
export interface InboxService {
  /** Stored for all in one transaction, then told in `user:<id>`; those who are away get a push. */
  notify(notice: Notice, users: readonly string[]): Promise<Outcome<Accepted>>;
  /** Newest first. `filter` default `all` (without archived), `limit` 1–100, default 50. */
  list(
    user: string,
    query: { readonly filter?: InboxFilter; readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<NotificationPage>>;
  /** Ascending by seq, for a stream that resumes; at most `limit`. */
  listAfter(user: string, seq: number, limit: number): Promise<Outcome<readonly Notification[]>>;
  /** Ids of others are not touched. Other devices learn it as `notification.updated` and `counts`. */
  mark(
    user: string,
    ids: readonly string[] | 'all',
    mark: InboxMark,
  ): Promise<Outcome<{ readonly changedIds: readonly string[]; readonly counts: InboxCounts }>>;
  counts(user: string): Promise<Outcome<InboxCounts>>;
  /** Any JSON object, unchanged, to all of the user's connections. Not stored, no push. */
  eventFor(user: string, event: RawJson): Promise<Outcome<PublishResult>>;
}
