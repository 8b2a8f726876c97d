/**
 * The text that a task produces, as numbered chunks: stored first, told afterwards. Whoever watches
 * knows the index that comes next, so what was not told is noticed, and asked for.
 *
 *   append ─▶ store ─▶ `stream:<id>` task.chunk …        end of the task ─▶ task.chunks_done
 */
import { fail, ok, type Failure, type Outcome } from '@carillon/protocol';
import type { Task, TaskChunk, TaskStore } from '../../ports/task-store.ts';
import type { Actor } from '../actor.ts';
import type { Announcer } from '../announcer.ts';
import { streamChannel } from '../channels.ts';
import { pageSize } from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import { storing } from '../storing.ts';
import { chunkFrame, chunksDoneFrame } from './task-frames.ts';

export interface AppendChunks {
  /** Of the first chunk; the first ever is 0. */
  readonly index: number;
  readonly chunks: readonly string[];
}

export interface StreamPage {
  readonly chunks: readonly TaskChunk[];
  /** Continue here; where no chunks came, the index that is awaited. */
  readonly nextIndex: number;
  /** The task has ended, and nothing comes after this page. */
  readonly isDone: boolean;
}

export interface TaskStreams {
  /**
   * A backend's; resolves when the chunks are on disk. The same again is a repeat, a hole or other
   * text is a `conflict` whose message names the awaited index. Failures: `not_found`,
   * `task_finished`, `invalid_field`, `too_long`, `too_many`, `conflict`, `storage_unavailable`.
   */
  append(
    id: string,
    added: AppendChunks,
  ): Promise<Outcome<{ readonly nextIndex: number; readonly isNew: boolean }>>;
  /** From `from` (0) on, at most `limit` (500) chunks. `not_found` also for tasks of others. */
  stream(
    actor: Actor,
    id: string,
    page: { readonly from?: number; readonly limit?: number },
  ): Promise<Outcome<StreamPage>>;
}

export interface TaskStreamDeps {
  readonly store: TaskStore;
  readonly announcer: Announcer;
  readonly limits: DomainLimits;
}

export interface TaskStreamParts extends TaskStreams {
  /** Of a task that has ended. */
  tellDone(task: Task, idempotencyKey: string): ReturnType<Announcer['publish']>;
}

export function createTaskStreams({ store, announcer, limits }: TaskStreamDeps): TaskStreamParts {
  const tell = (id: string, chunks: readonly TaskChunk[]): Promise<unknown> =>
    Promise.all(
      chunks.map((chunk) =>
        announcer.publish({
          kind: 'task',
          channel: streamChannel(id),
          data: chunkFrame(id, chunk),
        }),
      ),
    );
  return {
    append: (id, { index, chunks }) =>
      storing(async () => {
        const refused = checkChunks(index, chunks, limits);
        if (refused !== undefined) return refused;
        const maxLength = limits.streamLength;
        const appended = await store.appendChunks(id, { index, chunks, maxLength });
        if (!appended.ok) return appended;
        const { nextIndex, added } = appended.value;
        const isNew = added.length > 0;
        // A repeat of the newest chunks is what follows a crash between storing and telling.
        const isNewest = index + chunks.length === nextIndex;
        if (isNew) await tell(id, added);
        else if (isNewest)
          await tell(
            id,
            chunks.map((text, at) => ({ index: index + at, text })),
          );
        return ok({ nextIndex, isNew });
      }),
    stream: (actor, id, { from = 0, limit }) =>
      storing(async () => {
        const max = limits.chunksPerPage;
        const found = await store.listChunks(id, {
          from: Math.max(0, Math.trunc(from)),
          limit: pageSize(limit, { fallback: max, max }),
        });
        return found === undefined || !mayRead(actor, found.task)
          ? fail('not_found', 'there is no such task')
          : ok(pageOf(found.task, withinLength(found.chunks, limits.chunkPageLength)));
      }),
    tellDone: (task, idempotencyKey) =>
      announcer.publish({
        kind: 'task',
        channel: streamChannel(task.id),
        data: chunksDoneFrame(task),
        // Most tasks have no stream; whoever waited for one hears of the end, and nothing is kept.
        options: { idempotencyKey, skipHistory: task.chunkCount === 0 },
      }),
  };
}

const mayRead = (actor: Actor, task: Task): boolean =>
  actor.backend === true || (actor.user !== '' && actor.user === task.owner);

function pageOf(task: Task, chunks: readonly TaskChunk[]): StreamPage {
  const last = chunks.at(-1);
  const nextIndex = last === undefined ? task.chunkCount : last.index + 1;
  return {
    chunks,
    nextIndex,
    isDone: task.status !== 'running' && nextIndex === task.chunkCount,
  };
}

/** As many as fit into one answer, one at least. */
function withinLength(chunks: readonly TaskChunk[], max: number): readonly TaskChunk[] {
  let length = 0;
  const end = chunks.findIndex(({ text }) => {
    length += text.length;
    return length > max;
  });
  return end < 0 ? chunks : chunks.slice(0, Math.max(1, end));
}

function checkChunks(
  index: number,
  chunks: readonly string[],
  { chunkLength, chunksPerAppend }: DomainLimits,
): Failure | undefined {
  if (!Number.isSafeInteger(index) || index < 0) {
    return fail('invalid_field', `index is ${index}: send a whole number of at least 0`);
  }
  if (chunks.length === 0) return fail('invalid_field', 'chunks is empty: send at least one');
  if (chunks.length > chunksPerAppend) {
    return fail(
      'too_many',
      `chunks has ${chunks.length} entries: send at most ${chunksPerAppend} in a call`,
    );
  }
  for (const [at, text] of chunks.entries()) {
    const place = index + at;
    if (text === '') return fail('invalid_field', `chunk ${place} is empty: leave it out`);
    if (text.length > chunkLength) {
      return fail(
        'too_long',
        `chunk ${place} has ${text.length} characters: split it at ${chunkLength}`,
      );
    }
    if (!text.isWellFormed()) {
      return fail('invalid_field', `chunk ${place} ends within a character: split between them`);
    }
  }
  return undefined;
}
