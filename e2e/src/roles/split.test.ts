/** What an HTTP process is told reaches the connections of a WebSocket process, and the other way round. */
import { createCarillon } from '@carillon/server';
import { TEST_SECRET } from '@carillon/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startWebhookReceiver } from '../../../packages/testkit/src/webhook-receiver.ts';
import { apiClients, type ApiClients } from '../http/api-client.ts';
import { Clients, next, subscribed } from '../native/native-server.ts';
import { PlainClient } from '../plain/plain-client.ts';
import { startSplit, type Split } from './split.ts';

const WEBHOOK_SECRET = 'a secret of the webhook receiver';

let split: Split;
let api: ApiClients;
let webhook: Awaited<ReturnType<typeof startWebhookReceiver>>;
const natives = new Clients();
const plains: PlainClient[] = [];

beforeAll(async () => {
  webhook = await startWebhookReceiver({ secret: WEBHOOK_SECRET });
  split = await startSplit({
    NOTIFICATION_PROVIDER: 'webhook',
    PUSH_WEBHOOK_URL: webhook.url,
    PUSH_WEBHOOK_SECRET: WEBHOOK_SECRET,
    PUSH_WEBHOOK_ALLOW_PRIVATE: 'true',
    WS_MAX_CONNECTIONS_PER_USER: '2',
  });
  api = apiClients(split.http);
}, 60_000);

afterEach(() => {
  natives.close();
  for (const plain of plains.splice(0)) plain.terminate();
});

afterAll(async () => {
  await split.stop();
  await webhook.close();
}, 60_000);

/** At the WebSocket process, unless told otherwise. */
async function plain(user: string, path = '/api/ws/notifications', at = split.websocket) {
  const url = new URL(path, at.wsUrl);
  url.searchParams.set('token', await at.token(user));
  const client = await PlainClient.open(url.href);
  plains.push(client);
  return client;
}

async function native(user: string) {
  return natives.connect(split.websocket.wsUrl, { token: await split.websocket.token(user) });
}

/** A method of the server API, at the HTTP process. */
async function admin(method: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const answer = await api.backend('POST', `/api/${method}`, body);
  expect(answer.body['error']).toBeUndefined();
  return answer.body['result'] as Readonly<Record<string, unknown>>;
}

describe('the kinds', () => {
  test('have ports of their own, and serve what is theirs', async () => {
    const statusOf = async (server: { url: string }, path: string) =>
      (await fetch(server.url + path)).status;
    for (const server of [split.http, split.websocket, split.worker]) {
      expect(await (await fetch(`${server.url}/ready`)).json()).toMatchObject({
        status: 'ready',
        checks: { store: { status: 'ok' }, redis: { status: 'ok' } },
      });
      expect(await statusOf(server, '/metrics')).toBe(200);
    }
    expect(await statusOf(split.http, '/docs')).toBe(200);
    expect(await statusOf(split.http, '/chat')).toBe(200);
    expect(await statusOf(split.websocket, '/chat')).toBe(404);
    expect(await statusOf(split.websocket, '/api/ws/stats')).toBe(200);
    expect(await statusOf(split.websocket, '/api/v1/tasks')).toBe(404);
    expect(await statusOf(split.worker, '/api/ws/stats')).toBe(404);
    await expect(PlainClient.open(`${split.http.wsUrl}/ws`)).rejects.toThrow('404');
    await expect(PlainClient.open(`${split.worker.wsUrl}/ws`)).rejects.toThrow('404');
  });

  test('info lists all of them', async () => {
    const { body } = await api.backend('POST', '/api/info', {});
    const { nodes } = body['result'] as { nodes: { kind: string }[] };
    expect(nodes.map(({ kind }) => kind).toSorted()).toEqual(['http', 'websocket', 'worker']);
  });
});

describe('the console, asked at the HTTP process', () => {
  test('sees the connections, users and channels of the WebSocket process', async () => {
    const socket = await plain('zoe');
    await socket.nextOf('connected');
    const client = await native('zoe');
    const users = await api.backend('GET', '/api/v1/console/users?prefix=zoe');
    expect(users.body).toMatchObject({
      users: [{ user: 'zoe', connections: 2, devices: [{}, {}] }],
    });
    const channels = await api.backend('GET', '/api/v1/console/channels?pattern=user:zoe');
    expect(channels.body).toEqual({ channels: [{ channel: 'user:zoe', subscribers: 2 }] });
    await vi.waitFor(async () => {
      const { body } = await api.backend('GET', '/api/v1/console/overview');
      const { connections } = body['series'] as { connections: number[] };
      expect(connections.at(-1)).toBe(2);
      const nodes = body['nodes'] as { kind: string; connections: number }[];
      expect(new Map(nodes.map(({ kind, connections: own }) => [kind, own]))).toEqual(
        new Map([
          ['http', 0],
          ['websocket', 2],
          ['worker', 0],
        ]),
      );
    }, 5_000);
    client.disconnect();
  });
});

describe('from HTTP to the sockets of another process', () => {
  test('an event reaches plain and native connections unchanged (A5)', async () => {
    const socket = await plain('ann');
    await socket.nextOf('connected');
    const client = await native('ann');
    const publication = next<{ data: unknown }>(client, 'publication');
    const event = { type: 'cart_updated', cart: { items: [1, 2], total: '3.50' } };
    expect(await api.backend('POST', '/api/v1/users/ann/events', event)).toMatchObject({
      status: 202,
    });
    expect(await socket.nextOf('cart_updated')).toEqual(event);
    expect((await publication).data).toMatchObject(event);
  });

  test('a notification is shown, stored and counted; who is away gets a push from the worker', async () => {
    const socket = await plain('bea');
    await socket.nextOf('connected');
    const notice = { users: ['bea', 'carl'], title: 'Shipped', content: 'On its way' };
    expect((await api.backend('POST', '/api/v1/notifications', notice)).status).toBe(202);
    expect(await socket.nextOf('notification')).toMatchObject({ data: { title: 'Shipped' } });
    await webhook.waitForAccepted(1);
    expect(webhook.accepted.map(({ user, title }) => [user, title])).toEqual([['carl', 'Shipped']]);
    const carl = await api.as('carl');
    expect((await carl('GET', '/api/v1/me/notifications/counts')).body).toMatchObject({
      unread: 1,
    });
    expect(split.http.output()).not.toContain('push');
  });

  test('both kinds serve the notification stream (C5)', async () => {
    for (const server of [split.http, split.websocket]) {
      const ended = new AbortController();
      const url = `${server.url}/api/notifications/stream?token=${await server.token('gil')}`;
      const stream = await fetch(url, { signal: ended.signal });
      await api.backend('POST', '/api/v1/notifications', { users: ['gil'], title: 'Streamed' });
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of stream.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        if (text.includes('"Streamed"')) break;
      }
      expect(text).toMatch(/event: notification\n/);
      ended.abort();
    }
  });

  test('a chat message over REST reaches sockets, and REST reads what a socket sent', async () => {
    const dan = await api.as('dan');
    const { body } = await dan('POST', '/api/v1/conversations', {
      kind: 'group',
      members: ['dan', 'eve'],
    });
    const { id } = (body['conversation'] ?? body) as { id: string };
    const eve = await native('eve');
    const subscription = await subscribed(eve, `chat:${id}`);
    const told = next<{ data: { type: string } }>(
      subscription,
      'publication',
      ({ data }) => data.type === 'message',
    );
    await dan('POST', `/api/v1/conversations/${id}/messages`, { content: 'hello' });
    expect((await told).data).toMatchObject({ type: 'message' });
    await eve.rpc('chat.send', { conversation_id: id, content: 'hi' });
    const { body: page } = await dan('GET', `/api/v1/conversations/${id}/messages`);
    const { messages } = page as { messages: { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual(['hello', 'hi']);
  });

  test('a removed member stops receiving within a second', async () => {
    const dan = await api.as('dan');
    const { body } = await dan('POST', '/api/v1/conversations', {
      kind: 'group',
      members: ['dan', 'fay'],
    });
    const { id } = (body['conversation'] ?? body) as { id: string };
    const fay = await native('fay');
    const subscription = await subscribed(fay, `chat:${id}`);
    const ended = next(subscription, 'unsubscribed');
    const since = performance.now();
    await dan('DELETE', `/api/v1/conversations/${id}/members/fay`);
    await ended;
    expect(performance.now() - since).toBeLessThan(1000);
    await expect(
      fay.rpc('chat.send', { conversation_id: id, content: 'still?' }),
    ).rejects.toThrow();
  });

  test('publications, presence, history, channels and orders act on the whole cluster', async () => {
    const gus = await native('gus');
    const room = await subscribed(gus, 'room:hall');
    const told = next<{ data: unknown }>(room, 'publication');
    await admin('publish', { channel: 'room:hall', data: { type: 'note', n: 1 } });
    expect((await told).data).toMatchObject({ n: 1 });
    const { presence } = await admin('presence', { channel: 'room:hall' });
    expect(Object.values(presence as object)).toEqual([expect.objectContaining({ user: 'gus' })]);
    expect(await admin('presence_stats', { channel: 'room:hall' })).toMatchObject({
      num_clients: 1,
      num_users: 1,
    });
    expect(await admin('history', { channel: 'room:hall', limit: 10 })).toMatchObject({
      publications: [{ data: { n: 1 } }],
    });
    expect(await admin('channels', { pattern: 'room:*' })).toEqual({
      channels: { 'room:hall': { num_clients: 1 } },
    });

    const subscribedBy = next<{ channel: string }>(gus, 'subscribed');
    await admin('subscribe', { user: 'gus', channel: 'room:annex' });
    expect((await subscribedBy).channel).toBe('room:annex');
    const ended = next(room, 'unsubscribed');
    await admin('unsubscribe', { user: 'gus', channel: 'room:hall' });
    await ended;
    const gone = next<{ code: number }>(gus, 'disconnected');
    await admin('disconnect', { user: 'gus', disconnect: { code: 4500, reason: 'enough' } });
    expect(await gone).toMatchObject({ code: 4500 });
  });

  test('plain PUBLISH of any program shows at the user and, with a title, is stored (A6)', async () => {
    const socket = await plain('alice');
    await socket.nextOf('connected');
    await split.redis.command('PUBLISH', 'notifications:alice', '{"title":"From redis-cli"}');
    expect(await socket.nextOf('notification')).toMatchObject({
      data: { title: 'From redis-cli', status: 'unread' },
    });
    await split.redis.command('PUBLISH', 'notifications:alice', '{"type":"price","of":"tea"}');
    expect(await socket.nextOf('price')).toEqual({ type: 'price', of: 'tea' });
    const alice = await api.as('alice');
    const { body } = await alice('GET', '/api/v1/me/notifications');
    // Once, though three processes heard it.
    expect(body['notifications']).toEqual([expect.objectContaining({ title: 'From redis-cli' })]);
  });

  test('a queue message that the worker takes reaches the sockets of another process', async () => {
    const socket = await plain('nia');
    await socket.nextOf('connected');
    const input = { user_id: 'nia', event: { type: 'order_paid', order: 7 } };
    const message = JSON.stringify({ procedure: 'users.event', input });
    await split.redis.command('XADD', 'orders', '*', 'message', message);
    expect(await socket.nextOf('order_paid')).toEqual(input.event);
  });

  test('a ticket from the HTTP process opens a connection at the other, once (D4)', async () => {
    const hal = await api.as('hal');
    const { body } = await hal('POST', '/api/v1/tickets', {});
    const url = `${split.websocket.wsUrl}/api/ws/notifications?ticket=${String(body['ticket'])}`;
    const socket = await PlainClient.open(url);
    plains.push(socket);
    expect(await socket.nextOf('connected')).toMatchObject({ data: { user_id: 'hal' } });
    const again = await PlainClient.open(url);
    expect(await again.closed).toMatchObject({ code: 1008 });
  });
});

describe('an embedding program', () => {
  test('is one more process of the installation', async () => {
    const carillon = await createCarillon({
      env: { LOG_LEVEL: 'silent', API_TYPE: 'http' },
      redisUrl: [split.redis.url],
      databaseUrl: split.postgres.url,
      jwtSecret: TEST_SECRET,
    });
    const socket = await plain('mia');
    await socket.nextOf('connected');
    const outcome = await carillon.notify(['mia'], { title: 'From a program' });
    expect(outcome).toMatchObject({ ok: true });
    expect(await socket.nextOf('notification')).toMatchObject({
      data: { title: 'From a program' },
    });
    expect(await carillon.connections.isOnline('mia')).toBe(true);
    await carillon.close();
  });
});

describe('who is connected', () => {
  test('is counted across processes (C3), with devices and presence', async () => {
    const second = await split.add('websocket');
    const sockets = [await plain('ida'), await plain('ida', undefined, second), await plain('jo')];
    for (const socket of sockets) await socket.nextOf('connected');
    await vi.waitFor(async () => {
      for (const server of [split.http, split.websocket, second]) {
        const { body } = await apiClients(server).backend('GET', '/api/ws/stats');
        expect(body).toEqual({ total_users: 2, total_connections: 3, users: { ida: 2, jo: 1 } });
      }
    }, 5_000);
    const devices = await api.backend('GET', '/api/v1/users/ida/devices');
    expect(devices.body['devices']).toHaveLength(2);
    const online = await api.backend('POST', '/api/v1/users/presence', {
      users: ['ida', 'nobody'],
    });
    expect(JSON.stringify(online.body)).toContain('"ida"');
    const members = await split.redis.command('SMEMBERS', 'ws:online_users');
    expect(members.trim().split('\n').toSorted()).toEqual(['ida', 'jo']);
  });

  test('one connection too many is refused, wherever it comes (C4)', async () => {
    const second = await split.add('websocket');
    const first = [await plain('kim'), await plain('kim', undefined, second)];
    for (const socket of first) await socket.nextOf('connected');
    const third = await plain('kim');
    expect(await third.closed).toEqual({ code: 1008, reason: 'Too many connections' });
    await first[1]?.close();
    await vi.waitFor(async () => {
      const fourth = await plain('kim');
      await fourth.nextOf('connected');
    }, 5_000);
  });

  test('or the oldest goes, wherever it is', async () => {
    const env = { WS_CONNECTION_LIMIT_POLICY: 'evict-oldest' };
    const others = [await split.add('websocket', env), await split.add('websocket', env)];
    const oldest = await plain('lou', undefined, others[0]);
    await oldest.nextOf('connected');
    const later = await plain('lou', undefined, others[1]);
    await later.nextOf('connected');
    const newest = await plain('lou', undefined, others[1]);
    await newest.nextOf('connected');
    expect(await oldest.closed).toMatchObject({ code: 1008 });
    newest.send({ type: 'ping' });
    await newest.nextOf('pong');
  });
});
