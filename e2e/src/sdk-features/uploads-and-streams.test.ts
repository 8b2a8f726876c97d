/** Files and token streams through the SDK; the server is killed in the middle of a stream. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiClients } from '../http/api-client.ts';
import { sdkUsers, until } from './sdk-users.ts';

let dataDir: string;
let server: RunningServer;
const users = sdkUsers(() => server);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-sdk-files-'));
  server = await startServer({ dataDir });
});

afterAll(async () => {
  users.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const backend = (path: string, body: unknown) =>
  apiClients(server).backend('POST', `/api/v1/tasks/${path}`, body);

test('a file is uploaded, sent as a message, and fetched by the other by its link', async () => {
  const [ann, ben] = await Promise.all([users.join('ann'), users.join('ben')]);
  const { id } = await ann.chat.create({ kind: 'direct', members: ['ben'] });
  const parts: number[] = [];
  const upload = await ann.upload({
    conversationId: id,
    file: new Blob(['what the file says'], { type: 'text/plain' }),
    name: 'note.txt',
    onProgress: (part) => parts.push(part),
  });
  expect(upload).toMatchObject({ conversation_id: id, name: 'note.txt', kind: 'file', size: 18 });
  expect(parts.at(-1)).toBe(1);

  const side = ann.chat.open(id);
  side.send({ content: 'read this', kind: 'file', attributes: { upload_id: upload.id } });
  const benSide = ben.chat.open(id);
  const { messages } = await until(benSide.state, (state) => state.messages.length === 1);
  expect(messages).toMatchObject([{ kind: 'file', attributes: { upload: { id: upload.id } } }]);
  const { url } = await ben.client.call('upload.get', { upload_id: upload.id });
  const response = await fetch(`${server.url}${url}`);
  expect(await response.text()).toBe('what the file says');
});

test('an upload that is refused says why; one that is stopped says so', async () => {
  const ann = await users.join('ann');
  const { id } = await ann.chat.create({ kind: 'direct', members: ['ben'] });
  const file = new Blob(['x']);
  await expect(ann.upload({ conversationId: 'nobody knows', file })).rejects.toMatchObject({
    name: 'CarillonError',
    isTemporary: false,
  });
  await expect(
    ann.upload({ conversationId: id, file, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ name: 'aborted', isTemporary: false });
});

test('streamed text goes on by its index over a restart of the server, to its end', async () => {
  const cleo = await users.join('cleo');
  await backend('answer/start', { owner: 'cleo' });
  const append = (index: number, chunks: string[]) => backend('answer/chunks', { index, chunks });
  await append(0, ['Once ', 'upon ']);
  const stream = cleo.tasks.stream('answer');
  await until(stream.state, ({ text }) => text === 'Once upon ');
  await append(2, ['a ']);
  await until(stream.state, ({ text }) => text === 'Once upon a ');

  const { port } = server;
  await server.kill('SIGKILL');
  server = await startServer({ dataDir, port });
  await append(3, ['time', '.']);
  await until(stream.state, ({ text }) => text === 'Once upon a time.');
  await backend('answer/complete', {});
  const done = await until(stream.state, ({ status }) => status === 'done');
  expect(done).toEqual({ status: 'done', text: 'Once upon a time.', nextIndex: 5 });

  // As after a reload: everything from the beginning.
  const again = await users.join('cleo');
  const { text } = await until(again.tasks.stream('answer').state, (s) => s.status === 'done');
  expect(text).toBe('Once upon a time.');
});
