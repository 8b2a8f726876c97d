import type { Outcome } from '@carillon/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

const alice = { user: 'alice' };
let running: RunningDomain;
let tasks: RunningDomain['domain']['tasks'];
let number = 0;

beforeAll(async () => {
  running = await openDomain({
    limits: { streamLength: 50, chunkPageLength: 10, chunksPerPage: 4, chunksPerAppend: 8 },
  });
  ({ tasks } = running.domain);
});
afterAll(() => running.close());

const started = async (): Promise<string> => {
  const id = `answer-${(number += 1)}`;
  valueOf(await tasks.start({ id, owner: 'alice' }));
  return id;
};

it('chunks are told in their order, and the end with the index that would come next', async () => {
  const id = await started();
  const client = await running.connect('alice');
  valueOf(await client.subscribe(`stream:${id}`));
  await Promise.all([0, 1, 2, 3].map((index) => tasks.append(id, { index, chunks: [`${index}`] })));
  valueOf(await tasks.append(id, { index: 4, chunks: ['4', '5'] }));
  valueOf(await tasks.complete(id, {}));
  await client.waitFor('task.chunks_done');
  const told = client.seen.filter(({ channel }) => channel === `stream:${id}`);
  expect(told.map(({ type, data }) => `${type} ${String(data['index'])}`)).toEqual([
    'task.chunk 0',
    'task.chunk 1',
    'task.chunk 2',
    'task.chunk 3',
    'task.chunk 4',
    'task.chunk 5',
    'task.chunks_done undefined',
  ]);
  expect(told.at(-1)?.data).toEqual({ task_id: id, next_index: 6 });
});

it('a subscriber is told first how far the stream is', async () => {
  const id = await started();
  await tasks.append(id, { index: 0, chunks: ['a', 'b'] });
  const client = await running.connect('alice');
  const { data } = valueOf(await client.subscribe(`stream:${id}`));
  expect(JSON.parse(data ?? '')).toEqual({
    type: 'task.stream_state',
    data: { task_id: id, next_index: 2, is_done: false },
  });
});

it('only the owner subscribes to a stream and reads it', async () => {
  const id = await started();
  const eve = await running.connect('eve');
  expect(await eve.subscribe(`stream:${id}`)).toMatchObject({ error: 'permission_denied' });
  expect(await eve.subscribe('stream:no-such')).toMatchObject({ error: 'permission_denied' });
  expect(await tasks.stream({ user: 'eve' }, id, {})).toMatchObject({ error: 'not_found' });
  expect(await tasks.stream({ user: '' }, id, {})).toMatchObject({ error: 'not_found' });
  expect(valueOf(await tasks.stream({ backend: true }, id, {})).nextIndex).toBe(0);
});

it('a repeat of the newest chunks is told again, as a crash may have kept them from being told', async () => {
  const id = await started();
  const client = await running.connect('alice');
  valueOf(await client.subscribe(`stream:${id}`));
  valueOf(await tasks.append(id, { index: 0, chunks: ['a'] }));
  valueOf(await tasks.append(id, { index: 1, chunks: ['b'] }));
  expect(valueOf(await tasks.append(id, { index: 1, chunks: ['b'] })).isNew).toBe(false);
  expect(valueOf(await tasks.append(id, { index: 0, chunks: ['a'] })).isNew).toBe(false);
  const told = await client.waitFor('task.chunk', 3);
  expect(told.map(({ data }) => data['index'])).toEqual([0, 1, 1]);
});

it('pages end at their number of chunks or characters and continue at next_index', async () => {
  const id = await started();
  valueOf(await tasks.append(id, { index: 0, chunks: ['a', 'b', 'c', 'd', 'e'] }));
  valueOf(await tasks.append(id, { index: 5, chunks: ['123456', '123456', 'x'.repeat(20)] }));
  valueOf(await tasks.complete(id, {}));
  const pages: string[] = [];
  for (let from = 0; ;) {
    const page = valueOf(await tasks.stream(alice, id, { from }));
    pages.push(page.chunks.map(({ index }) => index).join(''));
    from = page.nextIndex;
    if (page.isDone) break;
  }
  expect(pages).toEqual(['0123', '45', '6', '7']);
  expect(valueOf(await tasks.stream(alice, id, { from: 99 }))).toEqual({
    chunks: [],
    nextIndex: 8,
    isDone: true,
  });
});

it('who only waits for a stream hears of the end of a task that wrote nothing', async () => {
  const id = await started();
  const client = await running.connect('alice');
  valueOf(await client.subscribe(`stream:${id}`));
  valueOf(await tasks.fail(id, { message: 'no model' }));
  const [done] = await client.waitFor('task.chunks_done');
  expect(done?.data).toEqual({ task_id: id, next_index: 0 });
});

it.each([
  ['an index below 0', { index: -1, chunks: ['a'] }, 'invalid_field'],
  ['an index between two', { index: 0.5, chunks: ['a'] }, 'invalid_field'],
  ['no chunk', { index: 0, chunks: [] }, 'invalid_field'],
  ['an empty chunk', { index: 0, chunks: ['a', ''] }, 'invalid_field'],
  ['half a character', { index: 0, chunks: ['\u{1F514}'.slice(0, 1)] }, 'invalid_field'],
  ['too long a chunk', { index: 0, chunks: ['x'.repeat(4_097)] }, 'too_long'],
  ['too long a stream', { index: 0, chunks: ['x'.repeat(51)] }, 'too_long'],
  ['too many chunks', { index: 0, chunks: Array<string>(9).fill('a') }, 'too_many'],
  ['a hole', { index: 1, chunks: ['a'] }, 'conflict'],
])('%s is refused and leaves the stream as it was', async (_what, added, error) => {
  const id = await started();
  expect(await tasks.append(id, added)).toMatchObject({ ok: false, error });
  expect(valueOf(await tasks.stream(alice, id, {})).chunks).toEqual([]);
});
