/** What is published in `task:<id>`, in `stream:<id>`, and as a hint in `user:<owner>`. */
import type { RawJson } from '@carillon/protocol';
import type { Task, TaskChunk, TaskStatus } from '../../ports/task-store.ts';
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

export const chunkFrame = (taskId: string, { index, text }: TaskChunk): RawJson =>
  typedFrame('task.chunk', JSON.stringify({ task_id: taskId, index, text }));

/** The stream has ended; whoever has not come to `next_index` asks for what is missing. */
export const chunksDoneFrame = ({ id, chunkCount }: Task): RawJson =>
  typedFrame('task.chunks_done', JSON.stringify({ task_id: id, next_index: chunkCount }));

/** What a subscriber of `stream:<id>` is told first. */
export const streamStateFrame = ({ id, chunkCount, status }: Task): RawJson =>
  typedFrame(
    'task.stream_state',
    JSON.stringify({ task_id: id, next_index: chunkCount, is_done: status !== 'running' }),
  );
