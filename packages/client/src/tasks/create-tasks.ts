/**
 * My tasks. Every state of a task has a version and only grows: what comes late is dropped, and
 * what comes of an unknown task is fetched. One task live: watch below; its text: task-stream.ts.
 */
import type { CarillonError } from '../carillon-error.ts';
import type { Channel } from '../channel.ts';
import type { Client } from '../client.ts';
import { platform, type ClientClock } from '../environment.ts';
import { frameOf, type TaskFrame } from '../live/frame.ts';
import { createHeld } from '../live/held.ts';
import { createLoader, type Loader } from '../live/loader.ts';
import { newestFirst } from '../live/newest-first.ts';
import { whenUsed } from '../live/when-used.ts';
import { createWritable, type Readable } from '../readable.ts';
import { createTaskStream } from './task-stream.ts';
import type { Task, TaskList, TaskState, TaskStream, Tasks, WatchedTask } from './tasks.ts';

export interface TasksOptions {
  readonly client: Client;
  readonly clock?: ClientClock;
}

const PAGE = 30;

/** The tasks of who is signed in. The list is loaded when somebody subscribes to it. */
export const createTasks = (options: TasksOptions): Tasks => new LiveTasks(options);

class LiveTasks implements Tasks {
  readonly list: Readable<TaskList>;
  readonly #client: Client;
  readonly #list = createWritable<TaskList>({ status: 'loading', items: [], hasMore: false });
  readonly #listed = new Map<string, Task>();
  readonly #loader: Loader;
  readonly #watched;
  readonly #streams;
  readonly #stops: readonly (() => void)[];
  #isUsed = false;
  #next: string | undefined;

  constructor({ client, clock = platform().clock }: TasksOptions) {
    this.#client = client;
    this.#loader = createLoader({
      client,
      clock,
      run: () => this.#loadNewest(),
      onError: (error) => this.#list.set({ ...this.#list.get(), status: 'error', error }),
    });
    this.list = whenUsed(this.#list, () => {
      this.#isUsed = true;
      void this.#loader.load();
    });
    const handleTask = (task: Task): void => this.#handleTask(task);
    this.#watched = createHeld(clock, (id) => new Watch({ client, clock, id, handleTask }));
    this.#streams = createHeld(clock, (id) => createTaskStream({ client, clock, id }));
    this.#stops = [
      client.onServerPublication(({ data }) => this.#handleFrame(data)),
      client.onServerGap(() => this.#reload()),
    ];
  }

  async loadMore(): Promise<void> {
    const cursor = this.#next;
    if (cursor === undefined) return;
    const page = await this.#client.call('task.list', { cursor, limit: PAGE });
    if (cursor !== this.#next) return;
    this.#next = page.next;
    this.#put(page.tasks);
  }

  watch(taskId: string): WatchedTask {
    const [watch, release] = this.#watched.hold(taskId);
    return { state: watch.state, cancel: () => watch.cancel(), release };
  }

  stream(taskId: string): TaskStream {
    const [stream, release] = this.#streams.hold(taskId);
    return { state: stream.state, release };
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#loader.close();
    this.#watched.close();
    this.#streams.close();
  }

  #handleFrame(data: unknown): void {
    const frame = taskFrame(data);
    if (frame === undefined) return;
    const known = this.#listed.get(frame.task_id);
    if (known === undefined) this.#reload();
    else this.#handleTask(withFrame(known, frame));
    this.#watched.get(frame.task_id)?.handleFrame(frame);
  }

  /** Nobody has looked: nothing to bring up to date. */
  #reload(): void {
    if (this.#isUsed) void this.#loader.load();
  }

  async #loadNewest(): Promise<void> {
    const page = await this.#client.call('task.list', { limit: PAGE });
    // So many are new that there may be more between: begin anew.
    if (!page.tasks.some(({ id }) => this.#listed.has(id))) {
      this.#listed.clear();
      this.#next = page.next;
    }
    this.#put(page.tasks);
  }

  #handleTask(task: Task): void {
    if (this.#listed.has(task.id)) this.#put([task], this.#list.get().status);
  }

  #put(tasks: readonly Task[], status: TaskList['status'] = 'ready'): void {
    for (const task of tasks) {
      const known = this.#listed.get(task.id);
      if (known === undefined || task.version > known.version) this.#listed.set(task.id, task);
    }
    const items = newestFirst(this.#listed.values(), ({ created_at: at }) => at);
    this.#list.set({ status, items, hasMore: this.#next !== undefined });
  }
}

interface WatchOptions {
  readonly client: Client;
  readonly clock: ClientClock;
  readonly id: string;
  readonly handleTask: (task: Task) => void;
}

class Watch {
  readonly state = createWritable<TaskState>({ status: 'loading' });
  readonly #options: WatchOptions;
  readonly #channel: Channel;
  readonly #loader: Loader;
  #stops: (() => void)[];

  constructor(options: WatchOptions) {
    const { client, clock, id } = options;
    this.#options = options;
    this.#loader = createLoader({
      client,
      clock,
      run: async () => this.#put(await client.call('task.get', { task_id: id })),
      onError: (error) => this.#fail(error),
    });
    const channel = client.channel(`task:${id}`);
    this.#channel = channel;
    this.#stops = [
      channel.onPublication(({ data }) => this.#handleData(data)),
      channel.onGap(() => void this.#loader.load()),
      channel.state.subscribe(() => this.#handleState()),
      channel.subscribe(),
    ];
    this.#handleState();
  }

  async cancel(): Promise<void> {
    const { client, id } = this.#options;
    this.#put(await client.call('task.cancel', { task_id: id }));
  }

  /** Also from `user:<id>`: whichever is here first. */
  handleFrame(frame: TaskFrame): void {
    const { task } = this.state.get();
    if (task === undefined) void this.#loader.load();
    else this.#put(withFrame(task, frame));
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#loader.close();
  }

  /** The subscription comes with the present state, each time. */
  #handleState(): void {
    const state = this.#channel.state.get();
    if (state.status === 'failed') this.#fail(state.error);
    if (state.status !== 'subscribed') return;
    if (taskFrame(state.data) === undefined) void this.#loader.load();
    else this.#handleData(state.data);
  }

  #handleData(data: unknown): void {
    const frame = taskFrame(data);
    if (frame !== undefined) this.handleFrame(frame);
  }

  #put(task: Task): void {
    const known = this.state.get().task;
    if (known !== undefined && task.version <= known.version) return;
    this.state.set({ status: 'ready', task });
    this.#options.handleTask(task);
    // Nothing comes after the end.
    if (task.status !== 'running') this.close();
  }

  #fail(error: CarillonError): void {
    this.state.set({ ...this.state.get(), status: 'error', error });
  }
}

function taskFrame(data: unknown): TaskFrame | undefined {
  const frame = frameOf(data)?.data;
  return frame !== undefined && 'task_id' in frame && 'version' in frame ? frame : undefined;
}

/** A frame tells all that changes. */
function withFrame(task: Task, { task_id: _id, timestamp, ...frame }: TaskFrame): Task {
  if (frame.version <= task.version) return task;
  return { ...task, ...frame, updated_at: timestamp };
}
