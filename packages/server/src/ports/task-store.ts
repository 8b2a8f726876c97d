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
  /** Grows with every change. */
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

export interface TaskStore {
  /** The same id and owner again returns the first task; another owner: `conflict`. */
  startTask(input: NewTask): Promise<Outcome<ChangedTask>>;
  /** `not_found`; `task_finished` for a change after a different terminal one. */
  changeTask(id: string, change: TaskChange): Promise<Outcome<ChangedTask>>;
  getTask(id: string): Promise<Task | undefined>;
  /** Newest first. */
  listTasks(
    owner: string,
    page: { cursor?: string; limit: number },
  ): Promise<{ items: readonly Task[]; next?: string }>;
}
