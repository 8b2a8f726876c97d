/**
 * What still has to be told after a commit. A row is written in the transaction of the change it
 * speaks of, completed when everybody was told, and relayed by whoever finds it after a crash.
 */
export interface OutboxRow {
  readonly id: number;
  readonly kind: 'message' | 'notification' | 'task' | 'push';
  /**
   * message: {conversationId, seq}; notification: {user, id}; task: {id};
   * push: the Push of ports/push-sender.ts (mobile-only pushes and the like, saved by themselves).
   */
  readonly reference: string;
  /** Users still to be pushed to. */
  readonly pushTo: readonly string[];
  readonly attempts: number;
  readonly createdAt: number;
}

export interface OutboxStore {
  /** A row of its own, for pushes that belong to no stored change. Returns its id. */
  add(kind: 'push', reference: string, pushTo: readonly string[]): Promise<number>;
  /** Due rows, oldest first, leased to the caller for `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<readonly OutboxRow[]>;
  complete(ids: readonly number[]): Promise<void>;
  /** Tries again at `nextAt` (ms since 1970) with those who are left. */
  retry(id: number, next: { at: number; pushTo: readonly string[]; reason: string }): Promise<void>;
  /** Given up: kept for operators to see, never claimed again. */
  bury(id: number, reason: string): Promise<void>;
  stats(): Promise<{ pending: number; buried: number; oldestAt?: number }>;
}
