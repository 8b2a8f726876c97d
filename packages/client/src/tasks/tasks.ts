/** Long work of a backend: my tasks, one task live, and its stream of tokens. */
import type { MethodOutput } from '@carillon/protocol/procedures';
import type { CarillonError } from '../carillon-error.ts';
import type { Readable } from '../readable.ts';

export type Task = MethodOutput<'task.get'>;

export interface TaskList {
  readonly status: 'loading' | 'ready' | 'error';
  /** Newest first. */
  readonly items: readonly Task[];
  readonly hasMore: boolean;
  readonly error?: CarillonError;
}

export interface TaskState {
  readonly status: 'loading' | 'ready' | 'error';
  readonly task?: Task;
  readonly error?: CarillonError;
}

export interface WatchedTask {
  readonly state: Readable<TaskState>;
  /** Asks the backend to stop; it decides. */
  cancel(): Promise<void>;
  release(): void;
}

export interface TaskStreamState {
  readonly status: 'loading' | 'streaming' | 'done' | 'error';
  /** All chunks joined, in order, without a hole. */
  readonly text: string;
  /** Index of the next chunk that is awaited. */
  readonly nextIndex: number;
  readonly error?: CarillonError;
}

export interface TaskStream {
  readonly state: Readable<TaskStreamState>;
  release(): void;
}

export interface Tasks {
  /** Mine; kept live over `user:<id>`. */
  readonly list: Readable<TaskList>;
  loadMore(): Promise<void>;
  watch(taskId: string): WatchedTask;
  stream(taskId: string): TaskStream;
  close(): void;
}
