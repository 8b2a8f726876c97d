/**
 * InboxStore on SQL. The counts of an inbox are one row, changed in the transaction of what they
 * count; they leave archived notifications out. `rev` grows by one with every change of an inbox.
 */
import type {
  AddedNotification,
  InboxCounts,
  InboxMark,
  InboxQuery,
  InboxStore,
  NewNotification,
  Notification,
} from '../../ports/inbox-store.ts';
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import { applyMark, difference } from './inbox-mark.ts';
import type { Marks } from './inbox-mark.ts';
import * as statements from './inbox-statements.ts';
import { addOutboxRow } from './outbox-repository.ts';
import type { InboxStateTable, NotificationTable } from './schema.ts';

type Result<Method extends keyof InboxStore> = ReturnType<InboxStore[Method]>;

export async function addNotifications(
  context: OperationContext,
  input: NewNotification,
  to: { users: readonly string[]; pushTo: readonly string[] },
): Result<'addNotifications'> {
  const pushTo = new Set(to.pushTo);
  const added: AddedNotification[] = [];
  for (const user of new Set(to.users)) {
    added.push(await addOne(context, input, { user, isPushed: pushTo.has(user) }));
  }
  return added;
}

async function addOne(
  context: OperationContext,
  input: NewNotification,
  recipient: { user: string; isPushed: boolean },
): Promise<AddedNotification> {
  const { executor, now } = context;
  const { user } = recipient;
  const known = await findKnown(context, user, input);
  if (known !== undefined) {
    return {
      notification: toNotification(known),
      counts: await counts(context, user),
      isNew: false,
    };
  }
  const state = await one(executor, statements.countOneMore, { user });
  if (state === undefined) throw new Error(`the inbox of ${user} could not be counted`);
  const row: NotificationTable = {
    user_id: user,
    seq: state.last_seq,
    id: input.id,
    title: input.title,
    content: input.content,
    type: input.type,
    link: input.link ?? null,
    source: input.source ?? null,
    data: input.data ?? null,
    dedupe_key: input.dedupeKey ?? null,
    created_at: now,
    seen_at: null,
    read_at: null,
    archived_at: null,
  };
  await executor.run(statements.insertNotification, row);
  const outboxId = await addOutboxRow(context, {
    kind: 'notification',
    reference: JSON.stringify({ user, id: input.id }),
    pushTo: recipient.isPushed ? [user] : [],
  });
  return { notification: toNotification(row), counts: toCounts(state), isNew: true, outboxId };
}

async function findKnown(
  { executor }: OperationContext,
  user: string,
  { id, dedupeKey }: NewNotification,
): Promise<NotificationTable | undefined> {
  if (dedupeKey !== undefined) {
    const known = await one(executor, statements.notificationByDedupeKey, { user, dedupeKey });
    if (known !== undefined) return known;
  }
  return one(executor, statements.notificationById, { user, id });
}

export async function listNotifications(
  { executor }: OperationContext,
  user: string,
  query: InboxQuery,
): Result<'listNotifications'> {
  const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(query.cursor);
  if (!Number.isSafeInteger(before)) return { items: [] };
  const page = { user, before, limit: query.limit + 1 };
  const rows = await executor.run(statements.notificationPages[query.filter], page);
  const items = rows.slice(0, query.limit).map(toNotification);
  const last = items.at(-1);
  if (last === undefined || rows.length === items.length) return { items };
  return { items, next: String(last.seq) };
}

export async function listAfter(
  { executor }: OperationContext,
  user: string,
  range: { seq: number; limit: number },
): Result<'listAfter'> {
  const page = { user, after: range.seq, limit: range.limit };
  return (await executor.run(statements.notificationsAfter, page)).map(toNotification);
}

export async function markNotifications(
  context: OperationContext,
  user: string,
  change: { ids: readonly string[] | 'all'; mark: InboxMark },
): Result<'markNotifications'> {
  const { executor, now } = context;
  // First the counts, which every change of an inbox passes: what is read after is not changing.
  const known = await one(executor, statements.inboxStateForChange, { user });
  const changedIds: string[] = [];
  const updates: ({ user: string; seq: number } & Marks)[] = [];
  const sum = { unread: 0, unseen: 0, total: 0 };
  for (const row of await findMarked(context, user, change)) {
    const marked = applyMark(row, change.mark, now);
    if (marked === undefined) continue;
    updates.push({ ...marked, user, seq: row.seq });
    const step = difference(row, marked);
    sum.unread += step.unread;
    sum.unseen += step.unseen;
    sum.total += step.total;
    changedIds.push(row.id);
  }
  if (changedIds.length === 0) return { changedIds, counts: toCounts(known ?? EMPTY) };
  await executor.runEach(statements.updateMarks, updates);
  const state = await one(executor, statements.addToCounts, { user, ...sum });
  if (state === undefined) throw new Error(`the inbox of ${user} has rows but no counts`);
  return { changedIds, counts: toCounts(state) };
}

async function findMarked(
  { executor }: OperationContext,
  user: string,
  { ids, mark }: { ids: readonly string[] | 'all'; mark: InboxMark },
): Promise<readonly NotificationTable[]> {
  if (ids === 'all') {
    const all = mark === 'unarchived' ? statements.allArchived : statements.allPresent;
    return executor.run(all, { user });
  }
  const wanted = Array.from(new Set(ids), (id) => ({ user, id }));
  return (await executor.runEach(statements.notificationById, wanted)).flat();
}

export async function counts({ executor }: OperationContext, user: string): Promise<InboxCounts> {
  const state = await one(executor, statements.inboxState, { user });
  return toCounts(state ?? EMPTY);
}

/** Of somebody who never got a notification. */
const EMPTY = { unread: 0, unseen: 0, total: 0, rev: 0 };

const toCounts = ({
  unread,
  unseen,
  total,
  rev,
}: Omit<InboxStateTable, 'user_id' | 'last_seq'>): InboxCounts => ({
  unread,
  unseen,
  total,
  rev,
});

export const toNotification = (row: Omit<NotificationTable, 'dedupe_key'>): Notification => ({
  id: row.id,
  user: row.user_id,
  seq: row.seq,
  title: row.title,
  content: row.content,
  type: row.type,
  ...(row.link !== null && { link: row.link }),
  ...(row.source !== null && { source: row.source }),
  ...(row.data !== null && { data: row.data }),
  createdAt: row.created_at,
  ...(row.seen_at !== null && { seenAt: row.seen_at }),
  ...(row.read_at !== null && { readAt: row.read_at }),
  ...(row.archived_at !== null && { archivedAt: row.archived_at }),
});
