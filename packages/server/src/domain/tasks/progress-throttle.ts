/**
 * Latest-wins: each task is told at most once per interval, the newest state last. One timer for
 * all tasks; a task that is quiet for an interval leaves nothing behind.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Task } from '../../ports/task-store.ts';

export interface TaskState {
  readonly task: Task;
  readonly outboxId: number;
}

export interface ProgressThrottle {
  /** Told now, or when the task's interval is over unless something newer comes. */
  offer(state: TaskState): void;
  /** What waits for this task is told now; the task is forgotten. */
  finish(taskId: string): void;
  /** What waits for any task is told now. */
  flush(): void;
}

export interface ProgressThrottleDeps {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly tell: (state: TaskState) => void;
  /** Something waits: its row is ours. */
  readonly hold: (outboxId: number) => void;
  /** Something newer took its place. */
  readonly settle: (outboxId: number) => void;
}

interface Entry {
  readonly dueAt: number;
  waiting: TaskState | undefined;
}

export function createProgressThrottle(deps: ProgressThrottleDeps): ProgressThrottle {
  const { clock, intervalMs } = deps;
  /** By insertion, which is also the order of `dueAt`: the interval is the same for all. */
  const entries = new Map<string, Entry>();
  let isArmed = false;

  const tell = (state: TaskState): void => {
    entries.delete(state.task.id);
    entries.set(state.task.id, { dueAt: clock.monotonic() + intervalMs, waiting: undefined });
    deps.tell(state);
  };

  const arm = (): void => {
    const [first] = entries.values();
    if (isArmed || first === undefined) return;
    isArmed = true;
    clock.after(Math.max(0, first.dueAt - clock.monotonic()), () => {
      isArmed = false;
      tellDue();
      arm();
    });
  };

  const tellDue = (): void => {
    const now = clock.monotonic();
    for (const [taskId, { dueAt, waiting }] of entries) {
      if (dueAt > now) return;
      entries.delete(taskId);
      if (waiting !== undefined) tell(waiting);
    }
  };

  const wait = (entry: Entry, state: TaskState): void => {
    deps.hold(state.outboxId);
    const { waiting } = entry;
    if (waiting !== undefined && waiting.task.version > state.task.version) {
      deps.settle(state.outboxId);
      return;
    }
    if (waiting !== undefined) deps.settle(waiting.outboxId);
    entry.waiting = state;
  };

  return {
    offer(state) {
      const entry = entries.get(state.task.id);
      if (entry === undefined) tell(state);
      else wait(entry, state);
      arm();
    },
    finish(taskId) {
      const waiting = entries.get(taskId)?.waiting;
      entries.delete(taskId);
      if (waiting !== undefined) deps.tell(waiting);
    },
    flush() {
      for (const entry of entries.values()) {
        const { waiting } = entry;
        entry.waiting = undefined;
        if (waiting !== undefined) deps.tell(waiting);
      }
    },
  };
}
