/**
 * Progress of long work, told live.
 *
 *   start ──▶ running ──progress──▶ running ──▶ completed | failed | cancelled   (exactly one end)
 *
 * Every change is stored; progress is published latest-wins (progress-throttle.ts).
 */
import { fail, ok, type Failure, type Outcome, type RawJson } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ChangedTask, Task, TaskChange, TaskStore } from '../../ports/task-store.ts';
import type { Actor } from '../actor.ts';
import type { Announcer } from '../announcer.ts';
import { taskChannel, userChannel } from '../channels.ts';
import {
  checkJson,
  checkLine,
  checkText,
  checkUser,
  firstRefusal,
  pageSize,
} from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import type { Deliverer, Delivery, DeliverySource } from '../push/delivery.ts';
import { storing } from '../storing.ts';
import { createProgressThrottle, type ProgressThrottle } from './progress-throttle.ts';
import { streamStateFrame, taskFrame, taskSnapshotFrame } from './task-frames.ts';
import {
  createTaskStreams,
  type AppendChunks,
  type StreamPage,
  type TaskStreamParts,
  type TaskStreams,
} from './task-stream.ts';

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
 * `start`, `progress`, `append`, `complete`, `fail` and `confirmCancel` are a backend's; the caller checks
 * that. Failures: `not_found` (also for tasks of others), `task_finished`, `conflict`,
 * `invalid_field`, `too_long`, `storage_unavailable`.
 */
export interface TaskService extends TaskStreams {
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
  /** `{"type":"task.stream_state","data":{task_id,next_index,is_done}}`, likewise. */
  streamStateFrame(id: string): Promise<RawJson | undefined>;
}

export interface TaskServiceDeps {
  readonly store: TaskStore;
  readonly announcer: Announcer;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
  readonly limits: DomainLimits;
}

export interface TaskServiceParts {
  readonly tasks: TaskService;
  /** For rows that a crash left: the present state is told. */
  readonly source: DeliverySource;
  /** Progress that waits for its turn is told now, for a drain. */
  flush(): void;
}

export function createTaskService(deps: TaskServiceDeps): TaskServiceParts {
  const streams = createTaskStreams(deps);
  const telling = createTaskTelling(deps.announcer, streams);
  const throttle = createProgressThrottle({
    clock: deps.clock,
    intervalMs: deps.limits.progressIntervalMs,
    tell: ({ task, outboxId }) => void deps.deliverer.deliver(outboxId, telling(task), []),
    hold: (outboxId) => deps.deliverer.hold(outboxId),
    settle: (outboxId) => deps.deliverer.settle(outboxId),
  });
  return {
    tasks: new Tasks({ ...deps, streams }, throttle, telling),
    source: async (row) => {
      const task = await deps.store.getTask(parseReference(row.reference).id);
      return task === undefined ? undefined : telling(task);
    },
    flush: () => throttle.flush(),
  };
}

type TaskTelling = (task: Task) => Delivery;

/** Written by the store with the change. */
const parseReference = (reference: string): { id: string } =>
  JSON.parse(reference) as { id: string };

const notFound = (): Failure => fail('not_found', 'there is no such task');

/** In the task's channel; start and end also to its owner, who may look elsewhere. */
function createTaskTelling(announcer: Announcer, streams: TaskStreamParts): TaskTelling {
  const publish = async (task: Task): Promise<Outcome<PublishResult>> => {
    const data = taskFrame(task);
    // By version, not by row: several rows that a crash left tell the same state, one end among them.
    const idempotencyKey = `task:${task.id}:${task.version}`;
    const told = announcer.publish({
      kind: 'task',
      channel: taskChannel(task.id),
      data,
      options: { idempotencyKey },
    });
    const isStart = task.version === 1;
    if (!isStart && task.status === 'running') return told;
    const ended = isStart ? undefined : await streams.tellDone(task, idempotencyKey);
    if (ended?.ok === false) return ended;
    const hinted = await announcer.publish({
      kind: 'hint',
      channel: userChannel(task.owner),
      data: isStart ? taskSnapshotFrame(task) : data,
      options: { nativeOnly: true, idempotencyKey },
    });
    return hinted.ok ? told : hinted;
  };
  return (task) => ({
    kind: 'task',
    publish: () => publish(task),
    pushFor: () => Promise.resolve(undefined),
  });
}

type TasksDeps = TaskServiceDeps & { readonly streams: TaskStreams };

class Tasks implements TaskService {
  readonly #deps: TasksDeps;
  readonly #throttle: ProgressThrottle;
  readonly #telling: TaskTelling;

  constructor(deps: TasksDeps, throttle: ProgressThrottle, telling: TaskTelling) {
    this.#deps = deps;
    this.#throttle = throttle;
    this.#telling = telling;
  }

  async start(
    input: StartTask,
  ): Promise<Outcome<{ readonly task: Task; readonly isNew: boolean }>> {
    const { limits, store } = this.#deps;
    const refused = firstRefusal(
      checkLine(input.id, { field: 'id', max: limits.keyCharacters, isRequired: true }),
      checkUser(input.owner, limits, 'owner'),
      checkLine(input.title, { field: 'title', max: limits.titleCharacters }),
      checkCount('total_steps', input.totalSteps),
    );
    if (refused !== undefined) return refused;
    return storing(async () => {
      const started = await store.startTask({ ...input, totalSteps: input.totalSteps ?? 0 });
      if (!started.ok) return started;
      const { task, isNew } = started.value;
      await this.#tell(started.value);
      return ok({ task, isNew });
    });
  }

  async progress(id: string, change: TaskProgress): Promise<Outcome<Task>> {
    const refused = firstRefusal(
      checkText(change.message, { field: 'message', max: this.#deps.limits.messageCharacters }),
      checkCount('step', change.step),
      checkCount('total_steps', change.totalSteps),
      checkPercent(change.progress),
    );
    if (refused !== undefined) return refused;
    return storing(async () => {
      const changed = await this.#deps.store.changeTask(id, { ...change, type: 'progress' });
      return this.#offered(changed);
    });
  }

  async complete(
    id: string,
    end: { readonly message?: string; readonly result?: RawJson },
  ): Promise<Outcome<Task>> {
    const { limits } = this.#deps;
    const refused = checkJson(end.result, { field: 'result', limits });
    return refused ?? this.#end(id, { ...end, type: 'completed' });
  }

  fail(id: string, end: { readonly message: string }): Promise<Outcome<Task>> {
    return this.#end(id, { ...end, type: 'failed' });
  }

  confirmCancel(id: string, end: { readonly message?: string }): Promise<Outcome<Task>> {
    return this.#end(id, { ...end, type: 'cancelled' });
  }

  cancelRequest(actor: Actor, id: string): Promise<Outcome<Task>> {
    return storing(async () => {
      const task = await this.#visible(actor, id);
      if (!task.ok) return task;
      return this.#offered(await this.#deps.store.changeTask(id, { type: 'cancel-requested' }));
    });
  }

  get(actor: Actor, id: string): Promise<Outcome<Task>> {
    return storing(() => this.#visible(actor, id));
  }

  list(
    user: string,
    page: { readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<{ readonly items: readonly Task[]; readonly next?: string }>> {
    const limit = pageSize(page.limit, { fallback: 50, max: this.#deps.limits.pageItems });
    return storing(async () => ok(await this.#deps.store.listTasks(user, { ...page, limit })));
  }

  async snapshotFrame(id: string): Promise<RawJson | undefined> {
    const task = await this.#deps.store.getTask(id);
    return task === undefined ? undefined : taskSnapshotFrame(task);
  }

  append(
    id: string,
    added: AppendChunks,
  ): Promise<Outcome<{ readonly nextIndex: number; readonly isNew: boolean }>> {
    return this.#deps.streams.append(id, added);
  }

  stream(
    actor: Actor,
    id: string,
    page: { readonly from?: number; readonly limit?: number },
  ): Promise<Outcome<StreamPage>> {
    return this.#deps.streams.stream(actor, id, page);
  }

  async streamStateFrame(id: string): Promise<RawJson | undefined> {
    const task = await this.#deps.store.getTask(id);
    return task === undefined ? undefined : streamStateFrame(task);
  }

  /** Unknown and forbidden ids answer alike. */
  async #visible(actor: Actor, id: string): Promise<Outcome<Task>> {
    const task = await this.#deps.store.getTask(id);
    if (task === undefined) return notFound();
    const isVisible = actor.backend === true || (actor.user !== '' && actor.user === task.owner);
    return isVisible ? ok(task) : notFound();
  }

  async #end(
    id: string,
    change: TaskChange & { readonly message?: string },
  ): Promise<Outcome<Task>> {
    const max = this.#deps.limits.messageCharacters;
    const refused = checkText(change.message, { field: 'message', max });
    if (refused !== undefined) return refused;
    return storing(async () => {
      const changed = await this.#deps.store.changeTask(id, change);
      if (!changed.ok) return changed;
      this.#throttle.finish(id);
      await this.#tell(changed.value);
      return ok(changed.value.task);
    });
  }

  #offered(changed: Outcome<ChangedTask>): Outcome<Task> {
    if (!changed.ok) return changed;
    const { task, outboxId } = changed.value;
    if (outboxId !== undefined) this.#throttle.offer({ task, outboxId });
    return ok(task);
  }

  async #tell({ task, outboxId }: ChangedTask): Promise<void> {
    if (outboxId === undefined) return;
    await this.#deps.deliverer.deliver(outboxId, this.#telling(task), []);
  }
}

function checkCount(field: string, value: number | undefined): Failure | undefined {
  if (value === undefined || (Number.isFinite(value) && value >= 0)) return undefined;
  return fail('invalid_field', `${field} is ${value}: send a number of at least 0`);
}

function checkPercent(value: number | undefined): Failure | undefined {
  if (value === undefined || (value >= 0 && value <= 100)) return undefined;
  return fail('invalid_field', `progress is ${value}: send a number from 0 to 100`);
}
