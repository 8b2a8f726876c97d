/** The task procedures, over the task service. */
import type { Outcome } from '@carillon/protocol';
import * as declared from '@carillon/protocol/procedures';
import type { Actor as DomainActor } from '../domain/actor.ts';
import type { TaskService } from '../domain/tasks/task-service.ts';
import type { Task } from '../ports/task-store.ts';
import { requireSubject, type Actor } from './actor.ts';
import { answer, implement, type Answer, type Binding } from './binding.ts';
import { taskView } from './views.ts';

const shown = (changed: Outcome<Task>): Outcome<Answer<ReturnType<typeof taskView>>> =>
  changed.ok ? answer(taskView(changed.value)) : changed;

const viewer = (actor: Actor): DomainActor =>
  actor.type === 'user' ? { user: actor.user } : { backend: true };

/** Calls of the program that does the work. */
const producer = (tasks: TaskService): readonly Binding[] => [
  implement(declared.taskStart, async ({ task_id: id, total_steps: totalSteps, ...rest }) => {
    const started = await tasks.start({
      id,
      ...rest,
      ...(totalSteps !== undefined && { totalSteps }),
    });
    if (!started.ok) return started;
    return answer(taskView(started.value.task), !started.value.isNew);
  }),
  implement(declared.taskProgress, async ({ task_id: id, total_steps: totalSteps, ...rest }) =>
    shown(await tasks.progress(id, { ...rest, ...(totalSteps !== undefined && { totalSteps }) })),
  ),
  implement(declared.taskAppend, async ({ task_id: id, index, chunks }) => {
    const appended = await tasks.append(id, { index, chunks });
    if (!appended.ok) return appended;
    return answer({ next_index: appended.value.nextIndex }, !appended.value.isNew);
  }),
  implement(declared.taskComplete, async ({ task_id: id, result, ...rest }) =>
    shown(
      await tasks.complete(id, {
        ...rest,
        ...(result !== undefined && { result: JSON.stringify(result) }),
      }),
    ),
  ),
  implement(declared.taskFail, async ({ task_id: id, message }) =>
    shown(await tasks.fail(id, { message })),
  ),
  implement(declared.taskConfirmCancel, async ({ task_id: id, ...rest }) =>
    shown(await tasks.confirmCancel(id, rest)),
  ),
];

/** Calls of the person who waits for it. */
const watcher = (tasks: TaskService): readonly Binding[] => [
  implement(declared.taskCancel, async ({ task_id: id }, { actor }) =>
    shown(await tasks.cancelRequest(viewer(actor), id)),
  ),
  implement(declared.taskGet, async ({ task_id: id }, { actor }) =>
    shown(await tasks.get(viewer(actor), id)),
  ),
  implement(declared.taskStream, async ({ task_id: id, ...page }, { actor }) => {
    const read = await tasks.stream(viewer(actor), id, page);
    if (!read.ok) return read;
    const { chunks, nextIndex, isDone } = read.value;
    return answer({ chunks: [...chunks], next_index: nextIndex, is_done: isDone });
  }),
  implement(declared.taskList, async (page, { actor }) => {
    const owner = requireSubject(actor, undefined, 'user');
    if (!owner.ok) return owner;
    const listed = await tasks.list(owner.value, page);
    if (!listed.ok) return listed;
    const { items, next } = listed.value;
    return answer({ tasks: items.map(taskView), ...(next !== undefined && { next }) });
  }),
];

export const bindTasks = (tasks: TaskService): readonly Binding[] => [
  ...producer(tasks),
  ...watcher(tasks),
];
