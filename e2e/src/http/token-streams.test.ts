/**
 * The output of a language model as a numbered stream (D7): the model's backend appends over HTTP,
 * the owner reads with the `centrifuge` package, pages are reloaded and the server is killed.
 */
import { startServer, type RunningServer } from '@carillon/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Clients, Collected, subscribed } from '../native/native-server.ts';
import { apiClients, type Call } from './api-client.ts';

let dataDir: string;
let server: RunningServer;
let backend: Call;
const clients = new Clients();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-streams-'));
  server = await startServer({ dataDir });
  ({ backend } = apiClients(server));
});
afterEach(() => clients.close());
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const start = (id: string) => backend('POST', `/api/v1/tasks/${id}/start`, { owner: 'ann' });

const append = (id: string, index: number, chunks: readonly string[]) =>
  backend('POST', `/api/v1/tasks/${id}/chunks`, { index, chunks });

interface Page {
  readonly chunks: readonly { readonly index: number; readonly text: string }[];
  readonly next_index: number;
  readonly is_done: boolean;
}

/** Everything from an index on, page by page, as a page that was reloaded asks for it. */
const read = async (ask: (from: number) => Promise<unknown>, from = 0): Promise<Page> => {
  const chunks: Page['chunks'][number][] = [];
  for (let next = from; ;) {
    const page = (await ask(next)) as Page;
    chunks.push(...page.chunks);
    if (page.chunks.length === 0 || page.is_done) return { ...page, chunks };
    next = page.next_index;
  }
};

const textOf = (page: Page): string => page.chunks.map(({ text }) => text).join('');

const asAnn = async () => clients.connect(server.wsUrl, { token: await server.token('ann') });

interface Frame {
  readonly type: string;
  readonly data: { readonly index?: number; readonly text?: string; readonly next_index?: number };
}

it('[D7] chunks come live, in order, and a reload reads the same text from the start', async () => {
  await start('poem');
  const client = await asAnn();
  const live = await subscribed(client, 'stream:poem');
  const collected = new Collected(live);
  expect(await append('poem', 0, ['Once', ' upon', ' a'])).toMatchObject({
    status: 201,
    body: { next_index: 3 },
  });
  expect(await append('poem', 3, [' time'])).toMatchObject({ body: { next_index: 4 } });
  expect(await backend('POST', '/api/v1/tasks/poem/complete', {})).toMatchObject({ status: 200 });
  const frames = (await collected.atLeast(5)) as readonly Frame[];
  expect(frames.map(({ type, data }) => [type, data.index ?? data.next_index])).toEqual([
    ['task.chunk', 0],
    ['task.chunk', 1],
    ['task.chunk', 2],
    ['task.chunk', 3],
    ['task.chunks_done', 4],
  ]);
  const reloaded = await asAnn();
  const page = await read(async (from) => {
    const { data } = await reloaded.rpc('task.stream', { task_id: 'poem', from, limit: 3 });
    return data as unknown;
  });
  expect(textOf(page)).toBe('Once upon a time');
  expect(page.is_done).toBe(true);
});

it('[D7] a repeat is answered like the first call, a hole names the awaited index', async () => {
  await start('repeat');
  await append('repeat', 0, ['a', 'b']);
  expect(await append('repeat', 0, ['a', 'b'])).toMatchObject({
    status: 200,
    body: { next_index: 2 },
  });
  expect(await append('repeat', 1, ['b', 'c'])).toMatchObject({
    status: 201,
    body: { next_index: 3 },
  });
  expect(await append('repeat', 5, ['x'])).toMatchObject({
    status: 409,
    body: { code: 409, detail: expect.stringContaining('index 3 is awaited') },
  });
});

it('[D7] a stream is its owner’s: others neither read nor append', async () => {
  await start('private');
  await append('private', 0, ['secret']);
  const { as, nobody } = apiClients(server);
  const eve = await as('eve');
  expect((await eve('GET', '/api/v1/tasks/private/chunks')).status).toBe(404);
  expect((await nobody('GET', '/api/v1/tasks/private/chunks')).status).toBe(401);
  const ann = await as('ann');
  expect((await ann('GET', '/api/v1/tasks/private/chunks')).status).toBe(200);
  const own = await ann('POST', '/api/v1/tasks/private/chunks', { index: 1, chunks: ['x'] });
  expect(own.status).toBe(403);
});

it('[D7] whoever was away recovers the chunks of that time, each once', async () => {
  await start('away');
  const client = await asAnn();
  const live = await subscribed(client, 'stream:away');
  const collected = new Collected(live);
  await append('away', 0, ['0']);
  await collected.atLeast(1);
  client.disconnect();
  for (let index = 1; index < 40; index += 1) await append('away', index, [`${index}`]);
  client.connect();
  await append('away', 40, ['40']);
  const frames = (await collected.atLeast(41)) as readonly Frame[];
  expect(frames.map(({ data }) => data.index)).toEqual(Array.from({ length: 41 }, (_, at) => at));
});

it('[D7] killed while a model writes, the server has every chunk it acknowledged; the writer goes on', async () => {
  const ROUNDS = 3;
  await start('novel');
  const chunk = (index: number): string => `${index} `;
  let acknowledged = 0;
  const write = async (): Promise<void> => {
    for (;;) {
      const { status, body } = await append('novel', acknowledged, [
        chunk(acknowledged),
        chunk(acknowledged + 1),
      ]);
      expect([200, 201]).toContain(status);
      acknowledged = Number(body['next_index']);
    }
  };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const target = acknowledged + 40;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const writing = write().catch(() => undefined);
    const look = (): void => (acknowledged >= target ? resolve() : void setImmediate(look));
    look();
    await enough;
    await server.kill('SIGKILL');
    await writing;
    server = await startServer({ dataDir });
    ({ backend } = apiClients(server));
    const { body } = await backend('GET', `/api/v1/tasks/novel/chunks?from=${acknowledged}`);
    // At most the one call that was not answered may be there beyond what was acknowledged.
    expect([acknowledged, acknowledged + 2]).toContain(body['next_index']);
  }
  acknowledged = Number(
    (await append('novel', acknowledged, [chunk(acknowledged), chunk(acknowledged + 1)])).body[
      'next_index'
    ],
  );
  await backend('POST', '/api/v1/tasks/novel/complete', {});
  const ann = await apiClients(server).as('ann');
  const page = await read(
    async (from) => (await ann('GET', `/api/v1/tasks/novel/chunks?from=${from}`)).body,
  );
  expect(page.is_done).toBe(true);
  expect(textOf(page)).toBe(Array.from({ length: acknowledged }, (_, at) => chunk(at)).join(''));
}, 60_000);
