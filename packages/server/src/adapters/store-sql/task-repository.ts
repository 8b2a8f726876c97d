/** TaskStore on SQL. Which change a task takes stands in task-change.ts; here it is saved. */
import { fail, ok } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type { ChangedTask, NewTask, Task, TaskChange, TaskStore } from '../../ports/task-store.ts';
import { decodeCursor, encodeCursor, NEWEST } from './cursor.ts';
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import { addOutboxRow } from './outbox-repository.ts';
import type { TaskTable } from './schema.ts';
import { statement } from './statement.ts';
import { applyChange } from './task-change.ts';

type Result<Method extends keyof TaskStore> = ReturnType<TaskStore[Method]>;

export const taskById = statement((db, p: { id: string }) =>
  db.selectFrom('task').selectAll().where('id', '=', p.id),
);

/** The same, locked against other writers until the commit: which change it takes depends on it. */
export const taskForChange = statement((db, p: { id: string }) =>
  db.selectFrom('task').selectAll().where('id', '=', p.id).forNoKeyUpdate(),
);

const insertTask = statement(
  (db, p: { id: string; owner: string; title: string | null; totalSteps: number; now: number }) =>
    db
      .insertInto('task')
      .values({
        id: p.id,
        owner: p.owner,
        title: p.title,
        status: 'running',
        message: '',
        step: 0,
        total_steps: p.totalSteps,
        progress: 0,
        result: null,
        is_cancel_requested: 0,
        version: 1,
        created_at: p.now,
        updated_at: p.now,
        chunk_count: 0,
        chunk_length: 0,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returningAll(),
);

const updateTask = statement(
  (
    db,
    p: {
      id: string;
      status: TaskTable['status'];
      message: string;
      step: number;
      totalSteps: number;
      progress: number;
      result: string | null;
      isCancelRequested: number;
      version: number;
      updatedAt: number;
    },
  ) =>
    db
      .updateTable('task')
      .set({
        status: p.status,
        message: p.message,
        step: p.step,
        total_steps: p.totalSteps,
        progress: p.progress,
        result: p.result,
        is_cancel_requested: p.isCancelRequested,
        version: p.version,
        updated_at: p.updatedAt,
      })
      .where('id', '=', p.id),
);

const tasksOfOwner = statement(
  (db, p: { owner: string; beforeAt: number; beforeId: string; limit: number }) =>
    db
      .selectFrom('task')
      .selectAll()
      .where('owner', '=', p.owner)
      .where((where) =>
        where.or([
          where('created_at', '<', p.beforeAt),
          where.and([where('created_at', '=', p.beforeAt), where('id', '<', p.beforeId)]),
        ]),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(p.limit),
);

export async function startTask(
  context: OperationContext,
  input: NewTask,
): Promise<Outcome<ChangedTask>> {
  const { executor, now } = context;
  const { id, owner, title = null, totalSteps } = input;
  const inserted = await one(executor, insertTask, { id, owner, title, totalSteps, now });
  if (inserted !== undefined) return ok(await changed(context, toTask(inserted)));
  const known = await one(executor, taskById, { id });
  if (known === undefined) throw new Error(`task ${id} is there and is not`);
  if (known.owner !== owner) return fail('conflict', 'a task with this id belongs to another user');
  return ok({ task: toTask(known), isNew: false });
}

export async function changeTask(
  context: OperationContext,
  id: string,
  change: TaskChange,
): Promise<Outcome<ChangedTask>> {
  const row = await one(context.executor, taskForChange, { id });
  if (row === undefined) return fail('not_found');
  const task = toTask(row);
  const outcome = applyChange(task, change, context.now);
  if (!outcome.ok) return outcome;
  if (outcome.value === undefined) return ok({ task, isNew: false });
  const next = outcome.value;
  await context.executor.run(updateTask, {
    id,
    status: next.status,
    message: next.message,
    step: next.step,
    totalSteps: next.totalSteps,
    progress: next.progress,
    result: next.result ?? null,
    isCancelRequested: Number(next.isCancelRequested),
    version: next.version,
    updatedAt: next.updatedAt,
  });
  return ok(await changed(context, next));
}

async function changed(context: OperationContext, task: Task): Promise<ChangedTask> {
  const reference = JSON.stringify({ id: task.id });
  const outboxId = await addOutboxRow(context, { kind: 'task', reference, pushTo: [] });
  return { task, isNew: true, outboxId };
}

export async function getTask({ executor }: OperationContext, id: string): Result<'getTask'> {
  const row = await one(executor, taskById, { id });
  return row === undefined ? undefined : toTask(row);
}

export async function listTasks(
  { executor }: OperationContext,
  owner: string,
  page: { cursor?: string; limit: number },
): Result<'listTasks'> {
  const before = page.cursor === undefined ? NEWEST : decodeCursor(page.cursor);
  if (before === undefined) return { items: [] };
  const rows = await executor.run(tasksOfOwner, {
    owner,
    beforeAt: before.at,
    beforeId: before.id,
    limit: page.limit + 1,
  });
  const items = rows.slice(0, page.limit).map(toTask);
  const last = items.at(-1);
  if (last === undefined || rows.length === items.length) return { items };
  return { items, next: encodeCursor({ at: last.createdAt, id: last.id }) };
}

export const toTask = (row: TaskTable): Task => ({
  id: row.id,
  owner: row.owner,
  ...(row.title !== null && { title: row.title }),
  status: row.status,
  message: row.message,
  step: row.step,
  totalSteps: row.total_steps,
  progress: row.progress,
  ...(row.result !== null && { result: row.result }),
  isCancelRequested: row.is_cancel_requested === 1,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  chunkCount: row.chunk_count,
});
