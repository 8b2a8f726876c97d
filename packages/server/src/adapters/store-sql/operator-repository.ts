/** OperatorStore on SQL: the questions over all users. The rules of rows and tasks stand elsewhere. */
import type { Kysely } from 'kysely';
import type { OperatorStore } from '../../ports/operator-store.ts';
import type { TaskStatus } from '../../ports/task-store.ts';
import { decodeCursor, encodeCursor, NEWEST } from './cursor.ts';
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import { parseUsers } from './outbox-repository.ts';
import type { Schema } from './schema.ts';
import { statement } from './statement.ts';
import { toTask } from './task-repository.ts';

type Result<Method extends keyof OperatorStore> = ReturnType<OperatorStore[Method]>;
type Parameter<Method extends keyof OperatorStore> = Parameters<OperatorStore[Method]>[0];

interface Before {
  readonly beforeAt: number;
  readonly beforeId: string;
  readonly limit: number;
}

const tasksBefore = (db: Kysely<Schema>, p: Before) =>
  db
    .selectFrom('task')
    .selectAll()
    .where((where) =>
      where.or([
        where('created_at', '<', p.beforeAt),
        where.and([where('created_at', '=', p.beforeAt), where('id', '<', p.beforeId)]),
      ]),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(p.limit);

const allTasks = statement((db, p: Before) => tasksBefore(db, p));

const tasksOfStatus = statement((db, p: Before & { status: TaskStatus }) =>
  tasksBefore(db, p).where('status', '=', p.status),
);

const buriedBefore = statement((db, p: { beforeAt: number; beforeId: number; limit: number }) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('buried_at', 'is not', null)
    .where((where) =>
      where.or([
        where('buried_at', '<', p.beforeAt),
        where.and([where('buried_at', '=', p.beforeAt), where('id', '<', p.beforeId)]),
      ]),
    )
    .orderBy('buried_at', 'desc')
    .orderBy('id', 'desc')
    .limit(p.limit),
);

const unburying = (db: Kysely<Schema>, p: { now: number }) =>
  db
    .updateTable('outbox')
    .set({ buried_at: null, attempts: 0, due_at: p.now, leased_until: 0 })
    .where('buried_at', 'is not', null);

const unburyAll = statement((db, p: { now: number }) => unburying(db, p).returning('id'));

const unburyRow = statement((db, p: { now: number; id: number }) =>
  unburying(db, p).where('id', '=', p.id).returning('id'),
);

const deleteBuried = statement((db, p: { id: number }) =>
  db.deleteFrom('outbox').where('id', '=', p.id).where('buried_at', 'is not', null),
);

/** Each table gives its own first names, out of an index; together they have the first of all. */
const usersAfter = statement((db, p: { after: string; limit: number }) =>
  db
    .selectFrom((from) =>
      from
        .selectFrom('inbox_state')
        .select('user_id')
        .where('user_id', '>', p.after)
        .orderBy('user_id')
        .limit(p.limit)
        .as('inboxes'),
    )
    .select('user_id')
    .union((from) =>
      from
        .selectFrom((inner) =>
          inner
            .selectFrom('member')
            .select('user_id')
            .distinct()
            .where('user_id', '>', p.after)
            .orderBy('user_id')
            .limit(p.limit)
            .as('members'),
        )
        .select('user_id'),
    )
    .union((from) =>
      from
        .selectFrom((inner) =>
          inner
            .selectFrom('task')
            .select('owner as user_id')
            .distinct()
            .where('owner', '>', p.after)
            .orderBy('owner')
            .limit(p.limit)
            .as('owners'),
        )
        .select('user_id'),
    )
    .orderBy('user_id')
    .limit(p.limit),
);

const userCount = statement((db) =>
  db
    .selectFrom((from) =>
      from
        .selectFrom('inbox_state')
        .select('user_id')
        .union((members) => members.selectFrom('member').select('user_id'))
        .union((owners) => owners.selectFrom('task').select('owner as user_id'))
        .as('users'),
    )
    .select((is) => is.fn.countAll<number>().as('count')),
);

/** A page has one row more than it shows, when there is another page. */
function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  by: { item(row: Row): Item; cursor(item: Item): string },
): { items: readonly Item[]; next?: string } {
  const items = rows.slice(0, limit).map((row) => by.item(row));
  const last = items.at(-1);
  if (last === undefined || rows.length === items.length) return { items };
  return { items, next: by.cursor(last) };
}

export async function listAllTasks(
  { executor }: OperationContext,
  { status, cursor, limit }: Parameter<'listAllTasks'>,
): Result<'listAllTasks'> {
  const before = cursor === undefined ? NEWEST : decodeCursor(cursor);
  if (before === undefined) return { items: [] };
  const page = { beforeAt: before.at, beforeId: before.id, limit: limit + 1 };
  const rows =
    status === undefined
      ? await executor.run(allTasks, page)
      : await executor.run(tasksOfStatus, { ...page, status });
  return pageOf(rows, limit, {
    item: toTask,
    cursor: ({ id, createdAt }) => encodeCursor({ at: createdAt, id }),
  });
}

export async function listBuried(
  { executor }: OperationContext,
  { cursor, limit }: Parameter<'listBuried'>,
): Result<'listBuried'> {
  const before = cursor === undefined ? NEWEST : decodeCursor(cursor);
  if (before === undefined) return { items: [] };
  const page = { beforeAt: before.at, beforeId: Number(before.id), limit: limit + 1 };
  return pageOf(await executor.run(buriedBefore, page), limit, {
    item: (row) => ({
      id: row.id,
      kind: row.kind,
      reference: row.reference,
      pushTo: parseUsers(row.push_to),
      attempts: row.attempts,
      createdAt: row.created_at,
      reason: row.reason ?? '',
      buriedAt: row.buried_at ?? 0,
    }),
    cursor: ({ id, buriedAt }) => encodeCursor({ at: buriedAt, id: String(id) }),
  });
}

export async function unbury(
  { executor, now }: OperationContext,
  ids: readonly number[] | 'all',
): Result<'unbury'> {
  if (ids === 'all') return (await executor.run(unburyAll, { now })).length;
  let count = 0;
  for (const id of ids) count += (await executor.run(unburyRow, { now, id })).length;
  return count;
}

export async function discardBuried(
  { executor }: OperationContext,
  ids: readonly number[],
): Result<'discardBuried'> {
  await executor.runEach(
    deleteBuried,
    ids.map((id) => ({ id })),
  );
}

export async function listUsers(
  { executor }: OperationContext,
  { after = '', limit }: Parameter<'listUsers'>,
): Result<'listUsers'> {
  const rows = await executor.run(usersAfter, { after, limit });
  return rows.map(({ user_id: user }) => user);
}

export async function countUsers({ executor }: OperationContext): Result<'countUsers'> {
  return Number((await one(executor, userCount, {}))?.count ?? 0);
}
