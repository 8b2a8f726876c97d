import type { Outcome, RawJson } from '@carillon/protocol';

export type TaskStatus = 'running' | 'completed' | 'failed' | 'cancelled';

export interface Task {
  readonly id: string;
  readonly owner: string;
  readonly title?: string;
  readonly status: TaskStatus;
  readonly message: string;
  readonly step: number;
  readonly totalSteps: number;
  /** 0–100. */
  readonly progress: number;
  readonly result?: RawJson;
  readonly isCancelRequested: boolean;
  /** Chunks of its stream: the index that comes next. */
  readonly chunkCount: number;
  /** Grows with every change; chunks are none. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface NewTask {
  readonly id: string;
  readonly owner: string;
  readonly title?: string;
  readonly totalSteps: number;
}

export type TaskChange =
  | {
      readonly type: 'progress';
      readonly message?: string;
      readonly step?: number;
      readonly totalSteps?: number;
      readonly progress?: number;
    }
  | { readonly type: 'completed'; readonly message?: string; readonly result?: RawJson }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'cancelled'; readonly message?: string }
  | { readonly type: 'cancel-requested' };

export interface ChangedTask {
  readonly task: Task;
  /** False: a repeat (same start, same terminal event); nothing changed. */
  readonly isNew: boolean;
  readonly outboxId?: number;
}

/** One piece of a task's text, by its place: 0, 1, 2 … without holes. */
export interface TaskChunk {
  readonly index: number;
  readonly text: string;
}

export interface NewChunks {
  /** Of the first one. */
  readonly index: number;
  readonly chunks: readonly string[];
  /** UTF-16 units that the whole stream may have. */
  readonly maxLength: number;
}

export interface AppendedChunks {
  readonly nextIndex: number;
  /** Without those that were there before; empty: a repeat. */
  readonly added: readonly TaskChunk[];
}

export interface ChunkPage {
  readonly chunks: readonly TaskChunk[];
  readonly task: Task;
}

export interface TaskStore {
  /** The same id and owner again returns the first task; another owner: `conflict`. */
  startTask(input: NewTask): Promise<Outcome<ChangedTask>>;
  /** `not_found`; `task_finished` for a change after a different terminal one. */
  changeTask(id: string, change: TaskChange): Promise<Outcome<ChangedTask>>;
  getTask(id: string): Promise<Task | undefined>;
  /**
   * What is there already must be the same and is passed over, also after the task's end. `conflict`:
   * a hole, or other text at an index; `task_finished`; `too_long`; `not_found`. Refused: nothing of
   * the call is stored.
   */
  appendChunks(id: string, added: NewChunks): Promise<Outcome<AppendedChunks>>;
  /** The task with those of its chunks that begin at `from`, in order; undefined for unknown ids. */
  listChunks(id: string, page: { from: number; limit: number }): Promise<ChunkPage | undefined>;
  /** Newest first. */
  listTasks(
    owner: string,
    page: { cursor?: string; limit: number },
  ): Promise<{ items: readonly Task[]; next?: string }>;
}
