/** Tasks over a scripted server: versions, one end, streamed text by its index. */
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { ScriptedClient, ScriptedStreams } from '../../../testkit/src/sdk/scripted-streams.ts';
import { createTasks } from './create-tasks.ts';
import type { Task } from './tasks.ts';

const AT = '2026-11-20T10:00:00.000Z';
const task = (version: number, change: Partial<Task> = {}): Task => ({
  id: 't',
  owner: 'u',
  status: 'running',
  message: '',
  step: version,
  total_steps: 10,
  progress: version * 10,
  is_cancel_requested: false,
  version,
  created_at: AT,
  updated_at: AT,
  ...change,
});
const frame = ({ id, owner: _owner, created_at: _at, updated_at, ...rest }: Task) => ({
  type: rest.status === 'running' ? 'task.progress' : `task.${rest.status}`,
  data: { task_id: id, timestamp: updated_at, ...rest },
});

async function scripted() {
  const clock = createFakeClock();
  const streams = new ScriptedStreams();
  const chunks: string[] = [];
  const fetched: number[] = [];
  let stored = task(1);
  let isDone = false;
  const client = new ScriptedClient({
    streams,
    own: ['user:u'],
    after: (ms, callback) => clock.after(ms, callback),
    answer: (method, input) => {
      if (method === 'task.get') return Promise.resolve(stored);
      if (method === 'task.list') return Promise.resolve({ tasks: [stored] });
      const { from = 0 } = input as { from?: number };
      fetched.push(from);
      const page = chunks.map((text, index) => ({ index, text })).slice(from, from + 2);
      const next = from + page.length;
      const is_done = isDone && next === chunks.length;
      return Promise.resolve({ chunks: page, next_index: next, is_done });
    },
  });
  client.connect();
  await clock.advance(50);
  const tell = async (channel: string, data: unknown): Promise<void> => {
    streams.publish(channel, data);
    await clock.advance(10);
  };
  return {
    clock,
    client,
    chunks,
    fetched,
    tell,
    tasks: createTasks({ client, clock }),
    store: (next: Task) => {
      stored = next;
    },
    end: () => {
      isDone = true;
    },
  };
}

test('of a watched task only what is newer counts, and its end comes once', async () => {
  const { clock, tasks, tell, client } = await scripted();
  const { state } = tasks.watch('t');
  await clock.advance(50);
  const seen: string[] = [];
  state.subscribe(() => seen.push(`${state.get().task?.version} ${state.get().task?.status}`));
  await tell('task:t', frame(task(3)));
  await tell('task:t', frame(task(2)));
  const end = task(4, { status: 'completed', result: { ok: true } });
  await tell('user:u', frame(end));
  await tell('task:t', frame(end));
  expect(seen).toEqual(['3 running', '4 completed']);
  expect(state.get().task).toEqual(end);
  // Nothing comes after it: the channel is let go.
  expect(client.channel('task:t').state.get().status).toBe('unsubscribed');
});

test('the list shows what is told of a listed task, and fetches those it does not know', async () => {
  const { clock, tasks, tell, store } = await scripted();
  tasks.list.subscribe(() => undefined);
  await clock.advance(50);
  await tell('user:u', frame(task(5, { status: 'failed', message: 'no paper' })));
  expect(tasks.list.get().items).toMatchObject([{ id: 't', status: 'failed', version: 5 }]);
  store(task(1, { id: 'new', created_at: '2026-11-20T11:00:00.000Z' }));
  await tell('user:u', { ...frame(task(1, { id: 'new' })), type: 'task.snapshot' });
  expect(tasks.list.get().items.map(({ id }) => id)[0]).toBe('new');
});

test('text that is there already is fetched page by page, then followed live', async () => {
  const { clock, tasks, tell, chunks, fetched } = await scripted();
  chunks.push('a', 'b', 'c', 'd', 'e');
  const { state } = tasks.stream('t');
  await clock.advance(50);
  expect([state.get().text, state.get().status]).toEqual(['abcde', 'streaming']);
  expect(fetched).toEqual([0, 2, 4, 5]);
  const chunk = { task_id: 't', index: 5, text: 'f' };
  await tell('stream:t', { type: 'task.chunk', data: chunk });
  await tell('stream:t', { type: 'task.chunk', data: chunk });
  expect(state.get()).toMatchObject({ text: 'abcdef', nextIndex: 6 });
  expect(fetched).toHaveLength(4);
});

test('a chunk that is not the next one makes the missing ones be fetched', async () => {
  const { clock, tasks, tell, chunks, end } = await scripted();
  const { state } = tasks.stream('t');
  await clock.advance(50);
  chunks.push('a', 'b', 'c');
  await tell('stream:t', { type: 'task.chunk', data: { task_id: 't', index: 2, text: 'c' } });
  expect(state.get()).toMatchObject({ text: 'abc', nextIndex: 3 });
  chunks.push('d');
  end();
  await tell('stream:t', { type: 'task.chunks_done', data: { task_id: 't', next_index: 4 } });
  expect(state.get()).toEqual({ status: 'done', text: 'abcd', nextIndex: 4 });
});
