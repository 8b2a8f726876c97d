/** What a mark does to one notification and to the counts of its inbox. Pure. */
import type { InboxMark } from '../../ports/inbox-store.ts';

export interface Marks {
  readonly seen_at: number | null;
  readonly read_at: number | null;
  readonly archived_at: number | null;
}

/** Undefined when the mark stands there already. Reading is seeing; unread ones stay seen. */
export function applyMark(row: Marks, mark: InboxMark, now: number): Marks | undefined {
  const { seen_at, read_at, archived_at } = row;
  switch (mark) {
    case 'seen':
      return seen_at === null ? { seen_at: now, read_at, archived_at } : undefined;
    case 'read':
      return read_at === null ? { seen_at: seen_at ?? now, read_at: now, archived_at } : undefined;
    case 'unread':
      return read_at === null ? undefined : { seen_at, read_at: null, archived_at };
    case 'archived':
      return archived_at === null ? { seen_at, read_at, archived_at: now } : undefined;
    case 'unarchived':
      return archived_at === null ? undefined : { seen_at, read_at, archived_at: null };
  }
}

/** What one changed notification adds to the counts. */
export const difference = (before: Marks, after: Marks) => ({
  unread: isUnread(after) - isUnread(before),
  unseen: isUnseen(after) - isUnseen(before),
  total: isPresent(after) - isPresent(before),
});

const isPresent = (row: Marks): number => Number(row.archived_at === null);
const isUnread = (row: Marks): number => Number(row.archived_at === null && row.read_at === null);
const isUnseen = (row: Marks): number => Number(row.archived_at === null && row.seen_at === null);
