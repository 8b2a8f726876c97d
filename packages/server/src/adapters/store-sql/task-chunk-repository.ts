/** The chunks of a task's stream, on SQL. The task's row is their lock and knows how many there are. */
import { fail, ok } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type { AppendedChunks, NewChunks, TaskStore } from '../../ports/task-store.ts';
import { one } from './executor.ts';
import type { OperationContext } from './executor.ts';
import { statement } from './statement.ts';
import { taskById, taskForChange, toTask } from './task-repository.ts';

const chunksFrom = statement((db, p: { id: string; from: number; limit: number }) =>
  db
    .selectFrom('task_chunk')
    .select(['place', 'text'])
    .where('task_id', '=', p.id)
    .where('place', '>=', p.from)
    .orderBy('place')
    .limit(p.limit),
);

const insertChunk = statement((db, p: { id: string; place: number; text: string }) =>
  db.insertInto('task_chunk').values({ task_id: p.id, place: p.place, text: p.text }),
);

const countChunks = statement((db, p: { id: string; count: number; length: number }) =>
  db
    .updateTable('task')
    .set({ chunk_count: p.count, chunk_length: p.length })
    .where('id', '=', p.id),
);

export async function appendChunks(
  { executor }: OperationContext,
  id: string,
  { index, chunks, maxLength }: NewChunks,
): Promise<Outcome<AppendedChunks>> {
  const task = await one(executor, taskForChange, { id });
  if (task === undefined) return fail('not_found');
  const count = task.chunk_count;
  if (index > count) {
    return fail('conflict', `chunk ${index} would leave a hole: index ${count} is awaited`);
  }
  const limit = Math.min(chunks.length, count - index);
  const known = limit > 0 ? await executor.run(chunksFrom, { id, from: index, limit }) : [];
  const other = known.find(({ place, text }) => chunks[place - index] !== text);
  if (other !== undefined) {
    const { place } = other;
    return fail('conflict', `chunk ${place} is stored with other text; index ${count} is awaited`);
  }
  const added = chunks.slice(known.length).map((text, at) => ({ index: count + at, text }));
  if (added.length === 0) return ok({ nextIndex: count, added });
  if (task.status !== 'running') {
    return fail('task_finished', `the task is ${task.status} already`);
  }
  const length = added.reduce((sum, { text }) => sum + text.length, task.chunk_length);
  if (length > maxLength) {
    return fail('too_long', `the stream would have ${length} characters: ${maxLength} is the most`);
  }
  const nextIndex = count + added.length;
  await executor.runEach(
    insertChunk,
    added.map(({ index: place, text }) => ({ id, place, text })),
  );
  await executor.run(countChunks, { id, count: nextIndex, length });
  return ok({ nextIndex, added });
}

export async function listChunks(
  { executor }: OperationContext,
  id: string,
  { from, limit }: { from: number; limit: number },
): ReturnType<TaskStore['listChunks']> {
  // First the task: chunks that come in between are more than it counts, never fewer.
  const task = await one(executor, taskById, { id });
  if (task === undefined) return undefined;
  const known = Math.min(limit, task.chunk_count - from);
  const rows = known > 0 ? await executor.run(chunksFrom, { id, from, limit: known }) : [];
  return { task: toTask(task), chunks: rows.map(({ place, text }) => ({ index: place, text })) };
}
