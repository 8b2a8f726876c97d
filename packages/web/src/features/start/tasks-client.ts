/**
 * My tasks, live. Running ones are watched on an endpoint each; that a new one has begun shows in
 * the list, which is asked for while the page is looked at.
 */
import { heartbeatSilenceMs } from '../../connection/connection-settings.ts';
import { ReconnectingSocket } from '../../connection/reconnecting-socket.ts';
import { request } from '../../session/server.ts';
import { socketAddress } from '../../session/sign-in.ts';
import { Observable } from './observable.ts';
import { decodeTasks, mergeList, mergeUpdate, taskIn, tasksToWatch } from './task-list.ts';
import type { TaskView } from './task-list.ts';

const POLL_MS = 2_000;
const MAX_WATCHED = 3;
const MAX_SHOWN = 5;

export class TasksClient {
  readonly tasks = new Observable<readonly TaskView[]>([]);
  readonly #token: string;
  readonly #watched = new Map<string, ReconnectingSocket>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(token: string) {
    this.#token = token;
  }

  start(): void {
    void this.#poll();
    this.#timer = setInterval(() => {
      if (!document.hidden) void this.#poll();
    }, POLL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const socket of this.#watched.values()) socket.disconnect();
    this.#watched.clear();
  }

  async #poll(): Promise<void> {
    const answer = await request('GET', `/api/v1/tasks?limit=${MAX_SHOWN}`, { token: this.#token });
    if (!answer.ok || this.#timer === undefined) return;
    const listed = decodeTasks(answer.body);
    this.tasks.update((known) => keepIfSame(known, mergeList(known, listed)));
    this.#watch(tasksToWatch(this.tasks.getSnapshot(), MAX_WATCHED));
  }

  #watch(ids: readonly string[]): void {
    for (const [id, socket] of this.#watched) {
      if (ids.includes(id)) continue;
      socket.disconnect();
      this.#watched.delete(id);
    }
    for (const id of ids) {
      if (this.#watched.has(id)) continue;
      const socket = new ReconnectingSocket({
        address: () => socketAddress(`/api/ws/tasks/${encodeURIComponent(id)}`, {}, this.#token),
        onFrame: (text) => {
          const update = taskIn(text);
          if (update !== undefined) this.tasks.update((known) => mergeUpdate(known, update));
        },
        maxSilenceMs: heartbeatSilenceMs,
      });
      this.#watched.set(id, socket);
      socket.connect();
    }
  }
}

/** The same list again is no change, so that polling does not re-render the page. */
const keepIfSame = (known: readonly TaskView[], next: readonly TaskView[]): readonly TaskView[] =>
  known.length === next.length && next.every((task, i) => isSame(task, known[i])) ? known : next;

const isSame = (a: TaskView, b: TaskView | undefined): boolean =>
  a.id === b?.id && a.version === b.version;
