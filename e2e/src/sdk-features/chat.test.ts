/** Chat through the SDK: two people, one server that is also killed and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sdkUsers, until } from './sdk-users.ts';

let dataDir: string;
let server: RunningServer;
const users = sdkUsers(() => server);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-sdk-chat-'));
  server = await startServer({ dataDir });
});

afterAll(async () => {
  users.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const direct = (other: string) => ({ kind: 'direct' as const, members: [other] });

test('what one says the other reads, with unread counts, read marks and typing', async () => {
  const [ann, ben] = await Promise.all([users.join('ann'), users.join('ben')]);
  await until(ben.chat.conversations, ({ status }) => status === 'ready');
  const { id } = await ann.chat.create(direct('ben'));
  const annSide = ann.chat.open(id);
  await until(annSide.state, ({ status }) => status === 'ready');

  annSide.setTyping(true);
  annSide.send({ content: 'Hello Ben' });
  annSide.send({ content: 'Are you there?' });
  const sent = await until(annSide.state, ({ messages }) => messages.length === 2);
  expect(sent.pending).toEqual([]);
  expect(await until(ben.chat.unread, (unread) => unread === 2)).toBe(2);
  const [item] = ben.chat.conversations.get().items;
  expect(item?.last_message?.content).toBe('Are you there?');

  const benSide = ben.chat.open(id);
  const opened = await until(benSide.state, ({ status }) => status === 'ready');
  expect(opened.messages.map(({ content }) => content)).toEqual(['Hello Ben', 'Are you there?']);
  expect(opened.firstUnreadSeq).toBe(1);
  benSide.markRead(1);
  benSide.markRead(2);
  await until(annSide.state, ({ readSeqs }) => readSeqs['ben'] === 2);
  expect(ben.chat.unread.get()).toBe(0);

  benSide.setTyping(true);
  await until(annSide.state, ({ typing }) => typing.includes('ben'));
  benSide.send({ content: 'Yes' });
  const answered = await until(annSide.state, ({ messages }) => messages.length === 3);
  expect(answered.typing).toEqual([]);
  expect(benSide.state.get().firstUnreadSeq).toBe(1);
  annSide.release();
  benSide.release();
});

test('a room is opened by its id, and its messages come once', async () => {
  const [ann, ben] = await Promise.all([users.join('ann'), users.join('ben')]);
  const { id } = await ann.chat.create({ kind: 'room', name: 'sdk-room' });
  const [annSide, benSide] = [ann.chat.open(id), ben.chat.open(id)];
  await Promise.all(
    [annSide, benSide].map(({ state }) => until(state, ({ status }) => status === 'ready')),
  );
  annSide.send({ content: 'to all' });
  benSide.send({ content: 'and back' });
  for (const { state } of [annSide, benSide]) {
    const { messages } = await until(
      state,
      ({ messages: shown, pending }) => shown.length === 2 && pending.length === 0,
    );
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(messages.map(({ content }) => content).toSorted()).toEqual(['and back', 'to all']);
  }
});

test('older messages are loaded page by page, without a hole', async () => {
  const ann = await users.join('ann');
  const { id } = await ann.chat.create(direct('cleo'));
  for (let n = 1; n <= 120; n += 1) {
    await ann.client.call('chat.send', { conversation_id: id, content: `${n}` });
  }
  const side = ann.chat.open(id);
  const first = await until(side.state, ({ status }) => status === 'ready');
  expect([first.messages.length, first.hasOlder]).toEqual([50, true]);
  await side.loadOlder();
  await side.loadOlder();
  const { messages, hasOlder } = side.state.get();
  expect(messages.map(({ content }) => Number(content))).toEqual(
    Array.from({ length: 120 }, (_, index) => index + 1),
  );
  expect(hasOlder).toBe(false);
});

test('twenty messages written while the server is down arrive all, once, in order', async () => {
  const [ann, ben] = await Promise.all([users.join('ann'), users.join('ben')]);
  const { id } = await ann.chat.create(direct('dora'));
  await ann.client.call('chat.send', { conversation_id: id, content: 'before' });
  const side = ann.chat.open(id);
  await until(side.state, ({ status }) => status === 'ready');
  const { port } = server;
  await server.kill('SIGKILL');
  await until(ann.client.state, ({ status }) => status !== 'connected');

  const wanted = Array.from({ length: 20 }, (_, n) => `offline ${n}`);
  for (const content of wanted) side.send({ content });
  expect(side.state.get().pending.map(({ content }) => content)).toEqual(wanted);

  server = await startServer({ dataDir, port });
  const { messages } = await until(
    side.state,
    ({ messages: shown, pending }) => shown.length === 21 && pending.length === 0,
  );
  expect(messages.map(({ content }) => content)).toEqual(['before', ...wanted]);
  const dora = await users.join('dora');
  const doraSide = dora.chat.open(id);
  const read = await until(doraSide.state, ({ status }) => status === 'ready');
  expect(read.messages.map(({ content }) => content)).toEqual(['before', ...wanted]);
  expect(ann.outbox.items.get()).toEqual([]);
  expect(ben.client.user.get()).toBe('ben');
});

test('what the server refuses stays as failed and lets the next go on', async () => {
  const ann = await users.join('ann');
  const { id } = await ann.chat.create(direct('ella'));
  const side = ann.chat.open(id);
  await until(side.state, ({ status }) => status === 'ready');
  const tooLong = side.send({ content: 'x'.repeat(5_000) });
  side.send({ content: 'short' });
  const { pending } = await until(
    side.state,
    ({ messages, pending: left }) => messages.length === 1 && left[0]?.state === 'failed',
  );
  expect(pending).toMatchObject([{ clientId: tooLong, state: 'failed', error: { code: 405 } }]);
  side.discard(tooLong);
  expect(side.state.get().pending).toEqual([]);
});
