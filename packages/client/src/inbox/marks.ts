/** What a mark does to a notification and to the counts: the server's rules, for what is shown before it answers. */
import type { InboxCounts, InboxFilter, InboxMark, Notification } from './inbox.ts';

type Marked = { -readonly [K in keyof Notification]: Notification[K] };

/** The same object where the mark stands there already. Reading is seeing; unread ones stay seen. */
export function applyMark(notification: Notification, mark: InboxMark, now: string): Notification {
  const marked: Marked = { ...notification };
  if (mark === 'unread') delete marked.read_at;
  else if (mark === 'unarchived') delete marked.archived_at;
  else if (mark === 'archived') marked.archived_at ??= now;
  else marked.seen_at ??= now;
  if (mark === 'read') marked.read_at ??= now;
  marked.status = 'unread';
  if (marked.read_at !== undefined) marked.status = 'read';
  if (marked.archived_at !== undefined) marked.status = 'archived';
  return marked;
}

export interface Marking {
  readonly ids: readonly string[] | 'all';
  readonly mark: InboxMark;
}

/** "All" are all that are not archived, or all that are, where they come back. */
export const concerns = ({ ids, mark }: Marking, { id, archived_at }: Notification): boolean =>
  ids === 'all' ? (archived_at !== undefined) === (mark === 'unarchived') : ids.includes(id);

export const isIn = (filter: InboxFilter, { status }: Notification): boolean =>
  filter === 'all' ? status !== 'archived' : status === filter;

const ONE = { unread: 0, unseen: 0, total: 0 };

const weight = ({ status, seen_at }: Notification): typeof ONE =>
  status === 'archived'
    ? ONE
    : { unread: Number(status === 'unread'), unseen: Number(seen_at === undefined), total: 1 };

/** What the counts will be; of notifications that are not loaded only "all" is known. */
export function markCounts(
  counts: InboxCounts,
  { ids, mark }: Marking,
  changes: readonly (readonly [before: Notification, after: Notification])[],
): InboxCounts {
  if (ids === 'all' && mark !== 'unarchived' && mark !== 'unread') {
    const unread = mark === 'seen' ? counts.unread : 0;
    return { ...counts, unread, unseen: 0, ...(mark === 'archived' && { total: 0 }) };
  }
  let { unread, unseen, total } = counts;
  for (const [before, after] of changes) {
    const [old, now] = [weight(before), weight(after)];
    unread += now.unread - old.unread;
    unseen += now.unseen - old.unseen;
    total += now.total - old.total;
  }
  return { ...counts, unread, unseen, total };
}
