import type { OutboxRow } from './outbox-store.ts';
import type { Task, TaskStatus } from './task-store.ts';

/** A row of the outbox that was given up. */
export interface BuriedRow extends OutboxRow {
  readonly reason: string;
  readonly buriedAt: number;
}

/** Questions over all users, for operators. Pages come newest first unless said otherwise. */
export interface OperatorStore {
  listAllTasks(query: {
    readonly status?: TaskStatus;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<{ items: readonly Task[]; next?: string }>;
  listBuried(page: {
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<{ items: readonly BuriedRow[]; next?: string }>;
  /** Due at once, with no attempts behind them. How many were buried till then. */
  unbury(ids: readonly number[] | 'all'): Promise<number>;
  /** Forgets buried rows; others stay. */
  discardBuried(ids: readonly number[]): Promise<void>;
  /** Users with an inbox, a conversation or a task, by name. `after`: the last of the page before. */
  listUsers(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  countUsers(): Promise<number>;
}
