/** What is published in `task:<id>`, and as a hint in `user:<owner>`. */
import type { RawJson } from '@carillon/protocol';
import type { Task, TaskStatus } from '../../ports/task-store.ts';
import { isoTime, jsonWith, typedFrame } from '../json-text.ts';

const TYPE_OF: Readonly<Record<TaskStatus, string>> = {
  running: 'task.progress',
  completed: 'task.completed',
  failed: 'task.failed',
  cancelled: 'task.cancelled',
};

const taskData = (task: Task): RawJson =>
  jsonWith(
    {
      task_id: task.id,
      title: task.title,
      message: task.message,
      step: task.step,
      total_steps: task.totalSteps,
      progress: task.progress,
      timestamp: isoTime(task.updatedAt),
      status: task.status,
      is_cancel_requested: task.isCancelRequested,
      version: task.version,
    },
    { result: task.result },
  );

/** The task's state as the event that led to it. */
export const taskFrame = (task: Task): RawJson => typedFrame(TYPE_OF[task.status], taskData(task));

export const taskSnapshotFrame = (task: Task): RawJson =>
  typedFrame('task.snapshot', taskData(task));
