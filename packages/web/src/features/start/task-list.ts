/** Tasks and how far they are: the newest version of each wins, however it arrived. */
import { numberOf, objectOf, objectsOf, parseObject, textOf } from '../../session/json-fields.ts';
import type { JsonObject } from '../../session/json-fields.ts';

export type TaskStatus = 'running' | 'completed' | 'failed' | 'cancelled';

export interface TaskView {
  readonly id: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly message: string;
  readonly step: number;
  readonly totalSteps: number;
  /** 0–100. */
  readonly progress: number;
  readonly version: number;
}

const STATUSES: readonly string[] = ['running', 'completed', 'failed', 'cancelled'];

const isStatus = (value: string): value is TaskStatus => STATUSES.includes(value);

const clampPercent = (value: number): number => Math.min(100, Math.max(0, value));

export function decodeTask(object: JsonObject, id = textOf(object, 'id')): TaskView | undefined {
  if (id === undefined) return undefined;
  const status = textOf(object, 'status') ?? 'running';
  return {
    id,
    title: textOf(object, 'title') ?? '',
    status: isStatus(status) ? status : 'running',
    message: textOf(object, 'message') ?? '',
    step: numberOf(object, 'step') ?? 0,
    totalSteps: numberOf(object, 'total_steps') ?? 0,
    progress: clampPercent(numberOf(object, 'progress') ?? 0),
    version: numberOf(object, 'version') ?? 0,
  };
}

export const decodeTasks = (body: JsonObject): readonly TaskView[] =>
  objectsOf(body, 'tasks')
    .map((object) => decodeTask(object))
    .filter((task) => task !== undefined);

/** The task in a `progress`, `completed` or `error` frame of the live endpoint. */
export function taskIn(frame: string): TaskView | undefined {
  const object = parseObject(frame);
  const data = object === undefined ? undefined : objectOf(object, 'data');
  if (data === undefined) return undefined;
  return decodeTask(data, textOf(data, 'task_id'));
}

/** Listed tasks stand in the list's order; a live update never loses to an older list. */
export function mergeList(
  known: readonly TaskView[],
  listed: readonly TaskView[],
): readonly TaskView[] {
  return listed.map((task) => {
    const mine = known.find(({ id }) => id === task.id);
    return mine === undefined || mine.version <= task.version ? task : mine;
  });
}

export const mergeUpdate = (known: readonly TaskView[], update: TaskView): readonly TaskView[] =>
  known.map((task) =>
    task.id === update.id && update.version >= task.version
      ? { ...update, title: update.title === '' ? task.title : update.title }
      : task,
  );

/** Which of them to watch live, newest first. */
export const tasksToWatch = (tasks: readonly TaskView[], limit: number): readonly string[] =>
  tasks
    .filter(({ status }) => status === 'running')
    .slice(0, limit)
    .map(({ id }) => id);
