/**
 * Progress of long work, told live.
 *
 *   start ──▶ running ──progress──▶ running ──▶ completed | failed | cancelled   (exactly one end)
 *
 * Every change is stored; progress is published latest-wins (progress-throttle.ts).
 */
import type { Outcome, RawJson } from '@carillon/protocol';
import type { Task } from '../../ports/task-store.ts';
import type { Actor } from '../actor.ts';

export interface StartTask {
  readonly id: string;
  /** Who may see and cancel it. */
  readonly owner: string;
  readonly title?: string;
  /** @default 0: unknown */
  readonly totalSteps?: number;
}

export interface TaskProgress {
  readonly message?: string;
  readonly step?: number;
  readonly totalSteps?: number;
  /** 0–100. Without it, it follows from `step` and `totalSteps` where both are known. */
  readonly progress?: number;
}

/**
 * `start`, `progress`, `complete`, `fail` and `confirmCancel` are a backend's; the caller checks
 * that. Failures: `not_found` (also for tasks of others), `task_finished`, `conflict`,
 * `invalid_field`, `too_long`, `storage_unavailable`.
 */
export interface TaskService {
  /** The same id and owner again answers the first task with `isNew` false. */
  start(input: StartTask): Promise<Outcome<{ readonly task: Task; readonly isNew: boolean }>>;
  progress(id: string, change: TaskProgress): Promise<Outcome<Task>>;
  complete(
    id: string,
    end: { readonly message?: string; readonly result?: RawJson },
  ): Promise<Outcome<Task>>;
  fail(id: string, end: { readonly message: string }): Promise<Outcome<Task>>;
  /** The producer says that it has stopped on request. */
  confirmCancel(id: string, end: { readonly message?: string }): Promise<Outcome<Task>>;
  /** The owner's wish; the producer sees it in the task and confirms. */
  cancelRequest(actor: Actor, id: string): Promise<Outcome<Task>>;
  get(actor: Actor, id: string): Promise<Outcome<Task>>;
  /** Newest first. `limit` 1–100, default 50. */
  list(
    user: string,
    page: { readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<{ readonly items: readonly Task[]; readonly next?: string }>>;
  /** `{"type":"task.snapshot","data":{…}}` of the present state; undefined for unknown ids. No access check. */
  snapshotFrame(id: string): Promise<RawJson | undefined>;
}
