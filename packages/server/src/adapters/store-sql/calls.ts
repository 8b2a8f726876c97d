/** What the two threads of a store say to each other. Plain arrays: they are cloned on the way. */
import type { MessagePort } from 'node:worker_threads';
import type { OperationName } from './operations.ts';

export interface Call {
  readonly name: OperationName;
  readonly parameters: readonly unknown[];
  /** Wall clock of the caller, ms since 1970. */
  readonly now: number;
}

/** Saved and this is the result; not saved (device); or the operation itself failed: a bug. */
export type Answer =
  | readonly [status: 'done', value: unknown]
  | readonly [status: 'unavailable', reason: string]
  | readonly [status: 'failed', message: string, stack: string | undefined];

export type ToWorker =
  | { readonly type: 'calls'; readonly calls: readonly Call[] }
  /** Calls come over this port too, from another thread, and are answered there. */
  | { readonly type: 'join'; readonly port: MessagePort }
  | { readonly type: 'close' };

export type FromWorker =
  /** The first message of a thread: it is ready, and has applied these migrations. */
  | { readonly type: 'opened'; readonly applied: readonly string[] }
  /** The first and only one: `reason` is for the operator. */
  | { readonly type: 'refused'; readonly reason: string; readonly isTooNew: boolean }
  /** To the oldest unanswered calls, in their order. */
  | { readonly type: 'answers'; readonly answers: readonly Answer[] }
  | { readonly type: 'failing'; readonly reason: string }
  | { readonly type: 'healed'; readonly afterMs: number };

export interface WorkerSettings {
  readonly path: string;
  readonly writerLeaseMs: number;
}
