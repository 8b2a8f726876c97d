/** One part goes away, the others serve on; and when it is back everything is as if it had not. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { apiClients, type Call } from '../http/api-client.ts';
import { Clients, Collected, next, subscribed } from '../native/native-server.ts';
import { PlainClient } from '../plain/plain-client.ts';
import { startSplit, type Split } from './split.ts';

let split: Split;
const natives = new Clients();

beforeAll(async () => {
  split = await startSplit();
}, 60_000);

afterEach(() => {
  natives.close();
});

afterAll(async () => {
  await split.stop();
}, 60_000);

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

/** A conversation of two, its publications as the second one sees them, and the first one's REST calls. */
async function conversation(first: string, second: string) {
  const call: Call = await apiClients(split.http).as(first);
  const { body } = await call('POST', '/api/v1/conversations', {
    kind: 'group',
    members: [first, second],
  });
  const { id } = (body['conversation'] ?? body) as { id: string };
  const client = await natives.connect(split.websocket.wsUrl, {
    getToken: () => split.websocket.token(second),
  });
  const subscription = await subscribed(client, `chat:${id}`);
  const collected = new Collected(subscription);
  const told = () =>
    (collected.data as { type: string; data?: { id: string; content: string } }[])
      .filter(({ type }) => type === 'message')
      .map(({ data }) => data);
  const messages = (): string[] => told().map((message) => message?.content ?? '');
  const ids = (): string[] => told().map((message) => message?.id ?? '');
  const send = (content: string): ReturnType<Call> =>
    call('POST', `/api/v1/conversations/${id}/messages`, { content });
  return { id, call, client, subscription, messages, ids, send };
}

describe('a WebSocket process that is restarted alone', () => {
  test('HTTP goes on, and its clients find everything that was said meanwhile', async () => {
    const { client, messages, send, subscription } = await conversation('ann', 'ben');
    expect((await send('before')).status).toBe(201);
    await vi.waitFor(() => expect(messages()).toEqual(['before']), 5_000);
    const left = next<{ code: number }>(client, 'connecting');
    const recovered = next<{ recovered: boolean }>(subscription, 'subscribed');
    const restarting = split.restart('websocket');
    expect(await left).toMatchObject({ code: 3001 });
    expect((await send('meanwhile')).status).toBe(201);
    expect(await statusOf(`${split.http.url}/ready`)).toBe(200);
    await restarting;
    expect(await recovered).toMatchObject({ recovered: true });
    await vi.waitFor(() => expect(messages()).toEqual(['before', 'meanwhile']), 5_000);
  });
});

describe('an HTTP process that is restarted alone', () => {
  test('connections stay and go on talking', async () => {
    const { id, client, messages, send } = await conversation('cleo', 'dirk');
    const restarting = split.restart('http');
    await client.rpc('chat.send', { conversation_id: id, content: 'still here' });
    await restarting;
    expect((await send('back')).status).toBe(201);
    await vi.waitFor(() => expect(messages()).toEqual(['still here', 'back']), 5_000);
    expect(client.state).toBe('connected');
  });
});

const areReady = async (): Promise<number[]> =>
  Promise.all(
    [split.http, split.websocket, split.worker].map(({ url }) => statusOf(`${url}/ready`)),
  );

describe('a Redis that cannot be reached', () => {
  test('disconnects nobody, is told by /ready, and all is consistent 5 s after its return', async () => {
    const { client, messages, send } = await conversation('eli', 'finn');
    const { id, ...gina } = await conversation('finn', 'gina');
    expect((await send('before')).status).toBe(201);
    await vi.waitFor(() => expect(messages()).toEqual(['before']), 5_000);
    split.cable.cut();
    await vi.waitFor(async () => expect(await areReady()).toEqual([503, 503, 503]), 5_000);
    expect(await statusOf(`${split.websocket.url}/health`)).toBe(200);
    // Stored and acknowledged, though nobody at another process can hear of it now.
    expect((await send('while away')).status).toBe(201);
    // On the connection's own process it is heard at once.
    await client.rpc('chat.send', { conversation_id: id, content: 'locally' });
    await vi.waitFor(() => expect(gina.messages()).toEqual(['locally']), 2_000);

    split.cable.mend();
    const returned = performance.now();
    await vi.waitFor(() => expect(messages()).toEqual(['before', 'while away']), 10_000);
    await vi.waitFor(async () => expect(await areReady()).toEqual([200, 200, 200]), 10_000);
    expect(performance.now() - returned).toBeLessThan(5_000);
    expect((await send('after')).status).toBe(201);
    await vi.waitFor(() => expect(messages()).toEqual(['before', 'while away', 'after']), 5_000);
    // Told at once, and again with its place in the channel: the message's id says that it is one.
    expect(new Set(gina.ids()).size).toBe(1);
    expect(split.websocket.output()).not.toMatch(/"user":"(finn|gina)".*"disconnected"/);
  });

  test('lets a process stop in order', async () => {
    const extra = await split.add('websocket');
    const socket = await PlainClient.open(
      `${extra.wsUrl}/api/ws/notifications?token=${await extra.token('hans')}`,
    );
    await socket.nextOf('connected');
    split.cable.cut();
    const since = performance.now();
    await extra.kill('SIGTERM');
    expect(await extra.exited).toBe(0);
    expect(await socket.closed).toMatchObject({ code: 1001 });
    expect(performance.now() - since).toBeLessThan(10_000);
    split.cable.mend();
    await vi.waitFor(async () => expect(await areReady()).toEqual([200, 200, 200]), 10_000);
  });
});

describe('a Redis that is restarted', () => {
  test('may have lost something: subscribers are told so, and go on', async () => {
    const { messages, send, subscription } = await conversation('olga', 'paul');
    const told = next<{ recovered: boolean }>(subscription, 'subscribed');
    await split.redis.restart();
    const returned = performance.now();
    expect(await told).toMatchObject({ wasRecovering: true, recovered: false });
    await vi.waitFor(async () => expect(await areReady()).toEqual([200, 200, 200]), 10_000);
    expect(performance.now() - returned).toBeLessThan(5_000);
    expect((await send('after')).status).toBe(201);
    await vi.waitFor(() => expect(messages()).toEqual(['after']), 5_000);
    // The queue of the worker was there too.
    const input = { users: ['paul'], title: 'from the queue' };
    const message = JSON.stringify({ procedure: 'notify', input });
    await split.redis.command('XADD', 'orders', '*', 'message', message);
    const paul = await apiClients(split.http).as('paul');
    await vi.waitFor(async () => {
      const { body } = await paul('GET', '/api/v1/me/notifications/counts');
      expect(body).toMatchObject({ unread: 1 });
    }, 5_000);
  });
});

describe('a PostgreSQL that is away', () => {
  test('is told to who wants to store something; connections stay, and sending again works', async () => {
    const { client, messages, send } = await conversation('iris', 'jan');
    const extra = await split.add('http');
    await split.postgres.halt('immediate');
    const refused = await send('refused');
    expect(refused).toMatchObject({ status: 503, body: { code: 420 } });
    await vi.waitFor(async () => {
      expect(await statusOf(`${split.http.url}/ready`)).toBe(503);
    }, 5_000);
    expect(client.state).toBe('connected');
    await extra.kill('SIGTERM');
    expect(await extra.exited).toBe(0);
    await split.postgres.start();
    await vi.waitFor(async () => expect((await send('accepted')).status).toBe(201), 10_000);
    await vi.waitFor(() => expect(messages().at(-1)).toBe('accepted'), 5_000);
  });
});
