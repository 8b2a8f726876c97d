/**
 * OutboxStore on SQL. A row is leased to its writer from the start, so that the relay does not
 * tell what the writer is about to tell; a lease that runs out, or whose holder's process ended,
 * counts as one failed attempt, so that a row which kills its reader is not tried for ever.
 */
import type { OutboxRow, OutboxStore } from '../../ports/outbox-store.ts';
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import type { OutboxTable } from './schema.ts';
import { statement } from './statement.ts';

type Result<Method extends keyof OutboxStore> = ReturnType<OutboxStore[Method]>;

const ROW_COLUMNS = ['id', 'kind', 'reference', 'push_to', 'attempts', 'created_at'] as const;

/** A lease that ended with its process: not free from the start, and not held any more. */
const ABANDONED = 1;

interface NewOutboxRow {
  readonly kind: OutboxRow['kind'];
  readonly reference: string;
  readonly pushTo: readonly string[];
}

const insertRow = statement(
  (
    db,
    p: {
      kind: OutboxTable['kind'];
      reference: string;
      pushTo: string;
      now: number;
      leasedUntil: number;
    },
  ) =>
    db
      .insertInto('outbox')
      .values({
        kind: p.kind,
        reference: p.reference,
        push_to: p.pushTo,
        due_at: p.now,
        leased_until: p.leasedUntil,
        created_at: p.now,
        buried_at: null,
        reason: null,
      })
      .returning('id'),
);

/** Takes what nobody holds; rows that another process is taking this very moment are passed over. */
const claimRows = statement((db, p: { now: number; limit: number; leasedUntil: number }) =>
  db
    .with('due', (query) =>
      query
        .selectFrom('outbox')
        .select('id as due_id')
        .where('buried_at', 'is', null)
        .where('due_at', '<=', p.now)
        .where('leased_until', '<=', p.now)
        .orderBy('id')
        .limit(p.limit)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('outbox')
    .from('due')
    .set((is) => ({
      // Held before and not given back: that attempt failed.
      attempts: is
        .case()
        .when('leased_until', '>', 0)
        .then(is('attempts', '+', 1))
        .else(is.ref('attempts'))
        .end(),
      leased_until: p.leasedUntil,
    }))
    .whereRef('outbox.id', '=', 'due.due_id')
    .returning(ROW_COLUMNS),
);

const deleteRow = statement((db, p: { id: number }) =>
  db.deleteFrom('outbox').where('id', '=', p.id),
);

const rescheduleRow = statement(
  (db, p: { id: number; dueAt: number; pushTo: string; reason: string }) =>
    db
      .updateTable('outbox')
      .set((is) => ({
        attempts: is('attempts', '+', 1),
        due_at: p.dueAt,
        leased_until: 0,
        push_to: p.pushTo,
        reason: p.reason,
      }))
      .where('id', '=', p.id),
);

const buryRow = statement((db, p: { id: number; now: number; reason: string }) =>
  db
    .updateTable('outbox')
    .set({ buried_at: p.now, leased_until: 0, reason: p.reason })
    .where('id', '=', p.id),
);

const abandonLeases = statement((db, p: { abandoned: number }) =>
  db.updateTable('outbox').set({ leased_until: p.abandoned }).where('leased_until', '>', 0),
);

const pendingStats = statement((db) =>
  db
    .selectFrom('outbox')
    .select((is) => [is.fn.countAll<number>().as('count'), is.fn.min('created_at').as('oldest_at')])
    .where('buried_at', 'is', null),
);

const buriedStats = statement((db) =>
  db
    .selectFrom('outbox')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('buried_at', 'is not', null),
);

/** For the other repositories: in the transaction of the change that it speaks of. */
export async function addOutboxRow(context: OperationContext, row: NewOutboxRow): Promise<number> {
  const inserted = await one(context.executor, insertRow, {
    kind: row.kind,
    reference: row.reference,
    pushTo: JSON.stringify(row.pushTo),
    now: context.now,
    leasedUntil: context.now + context.writerLeaseMs,
  });
  if (inserted === undefined) throw new Error('the outbox gave no id');
  return inserted.id;
}

/** A push that belongs to no stored change. */
export const addPush = (
  context: OperationContext,
  reference: string,
  pushTo: readonly string[],
): Result<'add'> => addOutboxRow(context, { kind: 'push', reference, pushTo });

export async function claim(
  { executor, now }: OperationContext,
  limit: number,
  leaseMs: number,
): Result<'claim'> {
  const rows = await executor.run(claimRows, { now, limit, leasedUntil: now + leaseMs });
  return rows
    .map((row) => ({
      id: row.id,
      kind: row.kind,
      reference: row.reference,
      pushTo: parseUsers(row.push_to),
      attempts: row.attempts,
      createdAt: row.created_at,
    }))
    .toSorted((one, other) => one.id - other.id);
}

export async function complete(
  { executor }: OperationContext,
  ids: readonly number[],
): Result<'complete'> {
  await executor.runEach(
    deleteRow,
    ids.map((id) => ({ id })),
  );
}

export async function retry(
  { executor }: OperationContext,
  id: number,
  next: { at: number; pushTo: readonly string[]; reason: string },
): Result<'retry'> {
  const pushTo = JSON.stringify(next.pushTo);
  await executor.run(rescheduleRow, { id, dueAt: next.at, pushTo, reason: next.reason });
}

export async function bury(
  { executor, now }: OperationContext,
  id: number,
  reason: string,
): Result<'bury'> {
  await executor.run(buryRow, { id, now, reason });
}

export async function stats({ executor }: OperationContext): Result<'stats'> {
  const pending = await one(executor, pendingStats, {});
  const buried = await one(executor, buriedStats, {});
  return {
    pending: Number(pending?.count ?? 0),
    buried: Number(buried?.count ?? 0),
    ...(typeof pending?.oldest_at === 'number' && { oldestAt: pending.oldest_at }),
  };
}

/** Only where one process owns the database: at its start nobody else can hold a lease. */
export async function abandonAllLeases({ executor }: OperationContext): Promise<void> {
  await executor.run(abandonLeases, { abandoned: ABANDONED });
}

/** Text from our own column; anything else in it is damage, and says so by throwing. */
export function parseUsers(text: string): readonly string[] {
  const users: unknown = JSON.parse(text);
  if (Array.isArray(users) && users.every((user) => typeof user === 'string')) return users;
  throw new TypeError('outbox.push_to is not a list of user ids');
}
