/**
 * The text that a task produces, chunk by chunk: live over `stream:<task_id>`, and fetched from the
 * index that is awaited whenever it is not the next one that comes.
 */
import type { CarillonError } from '../carillon-error.ts';
import type { Client } from '../client.ts';
import type { ClientClock } from '../environment.ts';
import { frameOf } from '../live/frame.ts';
import type { Closable } from '../live/held.ts';
import { createLoader } from '../live/loader.ts';
import { createWritable, type Readable } from '../readable.ts';
import type { TaskStreamState } from './tasks.ts';

export interface TaskStreamOptions {
  readonly client: Client;
  readonly clock: ClientClock;
  readonly id: string;
}

export interface LiveTaskStream extends Closable {
  readonly state: Readable<TaskStreamState>;
}

export function createTaskStream({ client, clock, id }: TaskStreamOptions): LiveTaskStream {
  const state = createWritable<TaskStreamState>({ status: 'loading', text: '', nextIndex: 0 });
  const channel = client.channel(`stream:${id}`);

  const add = (chunks: readonly { readonly index: number; readonly text: string }[]): void => {
    let { text, nextIndex } = state.get();
    for (const chunk of chunks) {
      if (chunk.index !== nextIndex) continue;
      text += chunk.text;
      nextIndex += 1;
    }
    const { nextIndex: before, status } = state.get();
    const isMoving = nextIndex > before || status === 'loading';
    if (isMoving) state.set({ status: 'streaming', text, nextIndex });
  };
  const finish = (): void => {
    const { text, nextIndex } = state.get();
    state.set({ status: 'done', text, nextIndex });
    close();
  };
  const fail = (error: CarillonError): void => {
    if (state.get().status !== 'done') state.set({ ...state.get(), status: 'error', error });
  };
  const load = async (): Promise<void> => {
    const from = state.get().nextIndex;
    const page = await client.call('task.stream', { task_id: id, from });
    add(page.chunks);
    if (page.is_done) finish();
    else if (page.chunks.length > 0) await load();
  };
  const loader = createLoader({ client, clock, run: load, onError: fail });

  const handleState = (): void => {
    const now = channel.state.get();
    if (now.status === 'failed') fail(now.error);
    const isBehind = state.get().status === 'loading';
    if (now.status === 'subscribed' && (isBehind || !now.wasRecovered)) void loader.load();
  };
  const handleData = (data: unknown): void => {
    const frame = frameOf(data);
    if (frame?.type === 'task.chunk') add([frame.data]);
    const { nextIndex } = state.get();
    if (frame?.type === 'task.chunk' && frame.data.index >= nextIndex) void loader.load();
    if (frame?.type === 'task.chunks_done') {
      if (frame.data.next_index <= nextIndex) finish();
      else void loader.load();
    }
  };
  let stops = [
    channel.onPublication(({ data }) => handleData(data)),
    channel.onGap(() => void loader.load()),
    channel.state.subscribe(handleState),
    channel.subscribe(),
  ];
  const close = (): void => {
    for (const stop of stops) stop();
    stops = [];
    loader.close();
  };
  handleState();
  return { state, close };
}
