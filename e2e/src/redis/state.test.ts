/** What several real processes know together over Redis, also when one is killed or Redis loses everything. */
import { type RunningServer, startServer } from '@carillon/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type RedisServer,
  startRedis,
} from '../../../packages/testkit/src/servers/redis-server.ts';
import { apiClients } from '../http/api-client.ts';
import { PlainClient } from '../plain/plain-client.ts';
import { listenTo } from './redis-listener.ts';

const LOBBY = 'room:lobby';

let redis: RedisServer;
let one: RunningServer;
let two: RunningServer;
let three: RunningServer;
const clients: PlainClient[] = [];

beforeAll(async () => {
  redis = await startRedis();
  const start = (policy: string) =>
    startServer({
      env: {
        REDIS_URL: redis.url,
        WS_MAX_CONNECTIONS_PER_USER: '2',
        WS_CONNECTION_LIMIT_POLICY: policy,
      },
    });
  [one, two, three] = await Promise.all([start('reject'), start('reject'), start('evict-oldest')]);
}, 60_000);

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await soon(async () => expect(await online()).toEqual([]));
});

afterAll(async () => {
  await Promise.all([one, two, three].map((server) => server.stop()));
  await redis.stop();
}, 30_000);

const soon = (look: () => Promise<void>, timeout = 5_000): Promise<void> =>
  vi.waitFor(look, { timeout, interval: 50 });

async function open(server: RunningServer, path: string, user: string): Promise<PlainClient> {
  const url = new URL(path, server.wsUrl);
  url.searchParams.set('token', await server.token(user));
  const client = await PlainClient.open(url.href);
  clients.push(client);
  return client;
}

/** Resolves when the server has let it in. */
async function bell(server: RunningServer, user: string): Promise<PlainClient> {
  const client = await open(server, '/api/ws/notifications', user);
  await client.nextOf('connected');
  return client;
}

async function chatter(server: RunningServer, user: string): Promise<PlainClient> {
  const client = await open(server, `/ws/chat/${user}`, user);
  client.send({ type: 'status' });
  await client.nextOf('status');
  return client;
}

/** As an operator asks: `redis-cli SMEMBERS ws:online_users`. */
const online = async (): Promise<string[]> =>
  (await redis.command('SMEMBERS', 'ws:online_users')).split('\n').filter(Boolean).toSorted();

async function totals(server: RunningServer) {
  return (await apiClients(server).backend('GET', '/api/ws/stats')).body;
}

async function presence(server: RunningServer): Promise<string[]> {
  const { body } = await apiClients(server).backend('POST', '/api/presence', { channel: LOBBY });
  const { presence: members } = body['result'] as {
    presence: Record<string, { readonly user: string }>;
  };
  return Object.values(members)
    .map(({ user }) => user)
    .toSorted();
}

/** The set, the totals and the presence, as every one of `servers` knows them. */
async function expectEverywhere(
  servers: readonly RunningServer[],
  users: Readonly<Record<string, number>>,
): Promise<void> {
  expect(await online()).toEqual(Object.keys(users).toSorted());
  const connections = Object.values(users).reduce((sum, count) => sum + count, 0);
  for (const server of servers) {
    expect(await totals(server)).toMatchObject({
      total_users: Object.keys(users).length,
      total_connections: connections,
      users,
    });
    expect(await presence(server)).toEqual(Object.keys(users).toSorted());
  }
}

async function handled(servers: readonly RunningServer[]): Promise<number> {
  const texts = await Promise.all(
    servers.map(async (server) => (await fetch(new URL('/metrics', server.url))).text()),
  );
  const counts = texts.flatMap((text) =>
    [...text.matchAll(/^carillon_external_events_total\{.*\} (\d+)$/gmu)].map(([, n]) => Number(n)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('who is connected', () => {
  test('every process and every program knows all of them, and hears of their coming and going', async () => {
    const listener = await listenTo(redis.port, 'ws:presence');
    await chatter(one, 'alice');
    const second = await bell(two, 'alice');
    const bob = await chatter(two, 'bob');
    expect(await online()).toEqual(['alice', 'bob']);
    const stats = { total_users: 2, total_connections: 3, users: { alice: 2, bob: 1 } };
    for (const server of [one, two, three]) {
      expect(await totals(server)).toMatchObject(stats);
      expect(await presence(server)).toEqual(['alice', 'bob']);
    }
    bob.terminate();
    second.terminate();
    await soon(() => expectEverywhere([one, two, three], { alice: 1 }));
    const told = await listener.messages(5);
    expect(told.slice(0, 3)).toEqual([
      { type: 'online', user: 'alice', connections: 1, at: expect.any(Number) },
      { type: 'online', user: 'alice', connections: 2, at: expect.any(Number) },
      { type: 'online', user: 'bob', connections: 1, at: expect.any(Number) },
    ]);
    expect(told).toContainEqual({
      type: 'offline',
      user: 'bob',
      connections: 0,
      at: expect.any(Number),
    });
    listener.close();
  });

  test('a limit of connections per user holds over all processes: one more is refused', async () => {
    await bell(one, 'carol');
    await bell(two, 'carol');
    const refused = await open(two, '/api/ws/notifications', 'carol');
    expect(await refused.closed).toEqual({ code: 1008, reason: 'Too many connections' });
    expect(await totals(one)).toMatchObject({ users: { carol: 2 } });
  });

  test('with evict-oldest the oldest makes room, in whichever process it is', async () => {
    const oldest = await bell(one, 'dora');
    await bell(two, 'dora');
    await bell(three, 'dora');
    expect(await oldest.closed).toMatchObject({ code: 1008 });
    await soon(async () => expect(await totals(two)).toMatchObject({ users: { dora: 2 } }));
  });

  test('a ticket of one process opens once on another', async () => {
    const issued = await apiClients(one).backend('POST', '/api/v1/tickets', { user: 'erin' });
    const path = `/api/ws/notifications?ticket=${String(issued.body['ticket'])}`;
    const client = await PlainClient.open(new URL(path, two.wsUrl).href);
    clients.push(client);
    await client.nextOf('connected');
    const again = await PlainClient.open(new URL(path, three.wsUrl).href);
    expect(await again.closed).toMatchObject({ code: 1008 });
  });
});

describe('PUBLISH notifications:<user>', () => {
  test('is handled once, however many processes hear it, and each of equal ones', async () => {
    const bells = await Promise.all([one, two].map((server) => bell(server, 'alice')));
    const before = await handled([one, two, three]);
    for (let count = 0; count < 3; count += 1) {
      await redis.command('PUBLISH', 'notifications:alice', '{"type":"cart_updated","items":3}');
    }
    await redis.command(
      'PUBLISH',
      'notifications:alice',
      '{"title":"Order shipped","link":"/o/1"}',
    );
    await redis.command('PUBLISH', 'notifications:alice', 'not json');
    await redis.command('PUBLISH', 'notifications:alice', '{"type":"last"}');
    await soon(async () => expect(await handled([one, two, three])).toBe(before + 6));
    for (const each of bells) {
      const frames = [];
      while (frames.length < 5) frames.push(await each.nextJson());
      expect(frames.map((frame) => String(frame['type'])).toSorted()).toEqual([
        'cart_updated',
        'cart_updated',
        'cart_updated',
        'last',
        'notification',
      ]);
      expect(each.unread).toEqual([]);
    }
    expect(await handled([one, two, three])).toBe(before + 6);
  });

  test('what is sent to everybody is announced on ws:broadcast', async () => {
    const listener = await listenTo(redis.port, 'ws:broadcast');
    await apiClients(one).backend('POST', '/api/v1/broadcast/system-notification', {
      title: 'Maintenance',
    });
    expect(await listener.messages(1)).toMatchObject([{ type: 'system', title: 'Maintenance' }]);
    listener.close();
  });
});

describe('failures', () => {
  test('Redis restarted without its data is filled again within 5 s', async () => {
    await chatter(one, 'alice');
    await chatter(two, 'bob');
    await chatter(three, 'carol');
    await redis.restart();
    const backAt = performance.now();
    await soon(() => expectEverywhere([one, two, three], { alice: 1, bob: 1, carol: 1 }));
    expect(performance.now() - backAt).toBeLessThan(5_000);
  });

  test('a process that is killed is forgotten by all within 15 s', async () => {
    await chatter(one, 'alice');
    await chatter(two, 'alice');
    await chatter(two, 'bob');
    await two.kill('SIGKILL');
    const killedAt = performance.now();
    await soon(() => expectEverywhere([one, three], { alice: 1 }), 15_000);
    expect(performance.now() - killedAt).toBeLessThan(15_000);
  }, 25_000);
});
