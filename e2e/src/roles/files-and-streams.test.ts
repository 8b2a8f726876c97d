/** Files and streams of text in an installation of several processes: one takes them, another one shows them. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiClients } from '../http/api-client.ts';
import { asUser, formOf, png } from '../http/upload-client.ts';
import { Clients, Collected, subscribed } from '../native/native-server.ts';
import { startSplit, type Split } from './split.ts';

let folder: string;
let split: Split;
const clients = new Clients();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-shared-uploads-'));
  split = await startSplit({ UPLOAD_DIR: folder });
}, 60_000);
afterAll(async () => {
  clients.close();
  await split.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

test('[D6] a link that one process gives is opened by another', async () => {
  const { backend } = apiClients(split.http);
  const opened = await backend('POST', '/api/v1/conversations', {
    kind: 'group',
    members: ['ann', 'ben'],
  });
  const send = await asUser(split.http, 'ann');
  const { body } = await send(formOf(String(opened.body['id']), { content: png(5000) }));
  const ben = await clients.connect(split.websocket.wsUrl, {
    token: await split.websocket.token('ben'),
  });
  const { data } = await ben.rpc('upload.get', { upload_id: body['id'] });
  const other = await split.add('http');
  const response = await fetch(`${other.url}${(data as { url: string }).url}`);
  expect(response.status).toBe(200);
  expect((await response.arrayBuffer()).byteLength).toBe(5000);
});

test('[D6] the worker removes what a process that died had begun, and nothing that is being written', async () => {
  const incoming = join(folder, 'incoming');
  const hourAgo = new Date(Date.now() - 3_600_000);
  await writeFile(join(incoming, 'dead.part'), 'half a file');
  await utimes(join(incoming, 'dead.part'), hourAgo, hourAgo);
  await writeFile(join(incoming, 'alive.part'), 'half a file');
  await split.restart('worker');
  expect(await readdir(incoming)).toEqual(['alive.part']);
});

test('[D7] chunks that one process takes come in their order at another', async () => {
  const { backend } = apiClients(split.http);
  await backend('POST', '/api/v1/tasks/poem/start', { owner: 'ann' });
  const ann = await clients.connect(split.websocket.wsUrl, {
    token: await split.websocket.token('ann'),
  });
  const live = new Collected(await subscribed(ann, 'stream:poem'));
  const chunks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (let index = 0; index < 400; index += chunks.length) {
    const { body } = await backend('POST', '/api/v1/tasks/poem/chunks', { index, chunks });
    expect(body).toEqual({ next_index: index + chunks.length });
  }
  await backend('POST', '/api/v1/tasks/poem/complete', {});
  const told = (await live.atLeast(401)) as readonly { data: { index?: number } }[];
  expect(told.map(({ data }) => data.index)).toEqual([
    ...Array.from({ length: 400 }, (_, at) => at),
    undefined,
  ]);
});
