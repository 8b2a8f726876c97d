/**
 * What a change makes of a task. Pure.
 *
 *   running ──completed──▶ completed
 *      │ ───failed──────▶ failed          one of the three, once; the same again is a repeat
 *      └────cancelled───▶ cancelled
 */
import { fail, ok } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type { Task, TaskChange } from '../../ports/task-store.ts';

type Progress = Extract<TaskChange, { type: 'progress' }>;

/** The task after the change; undefined when the change was made before. */
export function applyChange(
  task: Task,
  change: TaskChange,
  now: number,
): Outcome<Task | undefined> {
  if (task.status !== 'running') {
    return task.status === change.type
      ? ok(undefined)
      : fail('task_finished', `the task is ${task.status} already`);
  }
  const next = { ...task, version: task.version + 1, updatedAt: now };
  switch (change.type) {
    case 'progress':
      return ok({ ...next, ...advance(task, change) });
    case 'completed':
      return ok({
        ...next,
        status: 'completed',
        message: change.message ?? task.message,
        step: task.totalSteps > 0 ? task.totalSteps : task.step,
        progress: 100,
        ...(change.result !== undefined && { result: change.result }),
      });
    case 'failed':
      return ok({ ...next, status: 'failed', message: change.message });
    case 'cancelled':
      return ok({ ...next, status: 'cancelled', message: change.message ?? task.message });
    case 'cancel-requested':
      return ok(task.isCancelRequested ? undefined : { ...next, isCancelRequested: true });
  }
}

/** What is not said stays; a step without a percentage gives one, where the number of steps is known. */
function advance(task: Task, change: Progress) {
  const step = change.step ?? task.step;
  const totalSteps = change.totalSteps ?? task.totalSteps;
  const derived =
    change.step !== undefined && totalSteps > 0
      ? Math.min(100, Math.floor((100 * step) / totalSteps))
      : task.progress;
  return {
    message: change.message ?? task.message,
    step,
    totalSteps,
    progress: change.progress ?? derived,
  };
}
