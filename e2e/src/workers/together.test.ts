/** Two worker threads are one server: whoever is on one meets whoever is on the other. */
import type { RunningServer } from '@carillon/testkit';
import type { Centrifuge, LeaveContext, SubscribedContext, UnsubscribedContext } from 'centrifuge';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiClients } from '../http/api-client.ts';
import { Clients, Collected, callApi, next, subscribed } from '../native/native-server.ts';
import { type CutProxy, startCutProxy } from '../native/cut-proxy.ts';
import { PlainClient } from '../plain/plain-client.ts';
import type { WorkerNumber } from './two-workers.ts';
import { connectionsByWorker, onWorker, startWorkers } from './two-workers.ts';

let server: RunningServer;
const clients = new Clients();
const plain: PlainClient[] = [];

beforeAll(async () => {
  server = await startWorkers({ env: { WS_MAX_CONNECTIONS_PER_USER: '3' } });
}, 30_000);
afterEach(async () => {
  clients.close();
  for (const client of plain.splice(0)) client.terminate();
  await vi.waitFor(async () => expect(await connectionsByWorker(server)).toEqual([0, 0]), 5_000);
});
afterAll(async () => {
  await server.stop();
});

const sdkOn = async (number: WorkerNumber, user: string): Promise<Centrifuge> => {
  const token = await server.token(user);
  return onWorker(server, number, {
    open: () => clients.connect(server.wsUrl, { token }),
    close: (client) => {
      const gone = next(client, 'disconnected');
      client.disconnect();
      return gone;
    },
  });
};

const plainOn = async (number: WorkerNumber, path: string, sub: string): Promise<PlainClient> => {
  const url = new URL(path, server.wsUrl);
  url.searchParams.set('token', await server.token(sub));
  const client = await onWorker(server, number, {
    open: async () => {
      const opened = await PlainClient.open(url.href);
      if (path.includes('notifications')) await opened.nextOf('connected');
      else {
        opened.send({ type: 'status' });
        await opened.nextOf('status');
      }
      return opened;
    },
    close: (each) => each.close(1000),
  });
  plain.push(client);
  return client;
};

describe('the port', () => {
  it('connections land on both threads', async () => {
    const token = await server.token('ann');
    const bob = await server.token('bob');
    const people = [token, bob].flatMap((each) => [each, each, each]);
    const guests = Array.from({ length: 24 }, (_, index) => `/ws/chat/guest${index}?room=spread`);
    await Promise.all(people.map((each) => clients.connect(server.wsUrl, { token: each })));
    for (const path of guests) plain.push(await PlainClient.open(server.wsUrl + path));
    await vi.waitFor(async () => {
      const [first, second] = await connectionsByWorker(server);
      expect(first + second).toBe(30);
      expect(Math.min(first, second)).toBeGreaterThan(0);
    }, 5_000);
  });

  it('readiness says all threads serve, metrics add them up', async () => {
    const ann = await sdkOn(1, 'ann');
    const also = await sdkOn(2, 'ann');
    const ready = (await (await fetch(`${server.url}/ready`)).json()) as object;
    expect(ready).toMatchObject({ status: 'ready', checks: { workers: { status: 'ok' } } });
    const page = await (await fetch(`${server.url}/metrics`)).text();
    const value = (name: string): number =>
      Number(new RegExp(`^carillon_${name} (\\d+)`, 'm').exec(page)?.[1]);
    expect(value('workers')).toBe(2);
    expect(value('ws_connections')).toBe(2);
    expect(value('ws_online_users')).toBe(1);
    ann.disconnect();
    also.disconnect();
  });
});

describe('the console', () => {
  it('adds the threads up, whichever of them it asks', async () => {
    await sdkOn(1, 'ann');
    await sdkOn(2, 'ann');
    await sdkOn(2, 'bob');
    const { backend } = apiClients(server);
    const users = await backend('GET', '/api/v1/console/users');
    expect(users.body).toMatchObject({
      users: [
        { user: 'ann', connections: 2 },
        { user: 'bob', connections: 1 },
      ],
    });
    await vi.waitFor(async () => {
      const { body } = await backend('GET', '/api/v1/console/overview');
      const { connections } = body['series'] as { connections: number[] };
      expect(connections.at(-1)).toBe(3);
      const nodes = body['nodes'] as { connections: number }[];
      expect(
        nodes.map(({ connections: own }) => own).toSorted((one, other) => one - other),
      ).toEqual([1, 2]);
    }, 5_000);
  });
});

describe('people on different threads', () => {
  it('see every message of all, in one order', async () => {
    const people = [await sdkOn(1, 'ann'), await sdkOn(2, 'bob'), await sdkOn(2, 'cid')];
    const seen: Collected[] = [];
    for (const person of people) seen.push(new Collected(await subscribed(person, 'news:order')));
    await Promise.all(
      people.flatMap((person, who) =>
        Array.from({ length: 30 }, (_, n) => person.publish('news:order', `${who}.${n}`)),
      ),
    );
    const [first, ...others] = await Promise.all(seen.map((each) => each.atLeast(90)));
    expect(first).toHaveLength(90);
    for (const other of others) expect(other).toEqual(first);
  });

  it('get a large publication whole, whichever way they listen', async () => {
    const people = [await sdkOn(1, 'ann'), await sdkOn(2, 'bob')];
    const seen: Collected[] = [];
    for (const person of people) seen.push(new Collected(await subscribed(person, 'news:large')));
    const listener = await plainOn(2, '/api/ws/notifications', 'cid');
    const data = { type: 'report', text: `ä 😀 ${'x'.repeat(100_000)}`, end: true };
    await callApi(server, 'publish', { channel: 'news:large', data });
    for (const each of seen) expect(await each.atLeast(1)).toEqual([data]);
    await sdkOn(1, 'cid');
    await callApi(server, 'publish', { channel: 'user:cid', data });
    expect(await listener.nextOf('report')).toEqual(data);
  });

  it('chat in a plain room: messages, notices, private ones, and the true count', async () => {
    const alice = await plainOn(1, '/ws/chat/alice?room=both', 'alice');
    const bob = await plainOn(2, '/ws/chat/bob?room=both', 'bob');
    expect(await alice.nextOf('system')).toMatchObject({ connected_count: 2 });
    bob.send({ message: 'hello' });
    for (const each of [alice, bob]) {
      expect(await each.nextOf('message')).toMatchObject({ username: 'bob', message: 'hello' });
    }
    alice.send({ message: 'psst', target_user: 'bob' });
    expect(await bob.nextOf('private')).toMatchObject({ from: 'alice', message: 'psst' });
    bob.send({ type: 'status' });
    expect(await bob.nextOf('status')).toMatchObject({
      connected_count: 2,
      users: ['alice', 'bob'],
    });
  });

  it('a notification reaches the connections on all threads', async () => {
    const sockets = [
      await plainOn(1, '/api/ws/notifications', 'dora'),
      await plainOn(2, '/api/ws/notifications', 'dora'),
    ];
    const { backend } = apiClients(server);
    const { status } = await backend('POST', '/api/v1/notifications', {
      users: ['dora'],
      title: 'for both',
      content: 'c',
      type: 'info',
    });
    expect(status).toBe(202);
    for (const socket of sockets) {
      expect(await socket.nextOf('notification')).toMatchObject({ data: { title: 'for both' } });
    }
  });

  it('a member who is removed on one thread hears nothing more on the other', async () => {
    const { backend } = apiClients(server);
    const created = await backend('POST', '/api/v1/conversations', {
      kind: 'group',
      members: ['ann', 'bob'],
    });
    const channel = `chat:${String(created.body['id'])}`;
    const people = [await sdkOn(1, 'ann'), await sdkOn(2, 'ann')];
    const theirs = await Promise.all(people.map((person) => subscribed(person, channel)));
    const ended = theirs.map((each) => next<UnsubscribedContext>(each, 'unsubscribed'));
    const path = `/api/v1/conversations/${String(created.body['id'])}`;
    await backend('DELETE', `${path}/members/ann`);
    await Promise.all(ended);
    // No thread remembers who was a member.
    for (const each of theirs) {
      const denied = next<UnsubscribedContext>(each, 'unsubscribed');
      each.subscribe();
      expect(await denied).toMatchObject({ code: 103 });
    }
  });

  it('presence, statistics and look-ups see both threads', async () => {
    const ann = await sdkOn(1, 'ann');
    const bob = await sdkOn(2, 'bob');
    const bobToo = await sdkOn(1, 'bob');
    const news = await subscribed(ann, 'news:who');
    await subscribed(bob, 'news:who');
    await subscribed(bobToo, 'news:who');
    expect(await news.presenceStats()).toMatchObject({ numClients: 3, numUsers: 2 });
    const { backend } = apiClients(server);
    const stats = await backend('GET', '/api/ws/stats');
    expect(stats.body).toEqual({ total_users: 2, total_connections: 3, users: { ann: 1, bob: 2 } });
    expect(await callApi(server, 'channels', { pattern: 'news:*' })).toMatchObject({
      result: { channels: { 'news:who': { num_clients: 3 } } },
    });
  });

  it('join once and leave once, however many threads they are on', async () => {
    const watcher = await subscribed(await sdkOn(1, 'watcher'), 'news:joins', { joinLeave: true });
    const told: string[] = [];
    watcher.on('join', ({ info }) => told.push(`join ${info.user}`));
    watcher.on('leave', ({ info }) => told.push(`leave ${info.user}`));
    const [first, second] = [await sdkOn(1, 'bob'), await sdkOn(2, 'bob')];
    await subscribed(first, 'news:joins');
    await subscribed(second, 'news:joins');
    first.disconnect();
    const left = next(watcher, 'leave', ({ info }: LeaveContext) => info.user === 'bob');
    second.disconnect();
    await left;
    expect(told.filter((each) => each.endsWith('bob'))).toEqual(['join bob', 'leave bob']);
  });

  it('share one limit of connections per user', async () => {
    for (let person = 0; person < 10; person += 1) {
      const token = await server.token(`person${person}`);
      const url = `${server.wsUrl}/api/ws/notifications?token=${token}`;
      for (let count = 0; count < 3; count += 1) {
        const socket = await PlainClient.open(url);
        plain.push(socket);
        await socket.nextOf('connected');
      }
      const fourth = await PlainClient.open(url);
      expect(await fourth.closed).toEqual({ code: 1008, reason: 'Too many connections' });
    }
    const [first, second] = await connectionsByWorker(server);
    expect(Math.min(first, second)).toBeGreaterThan(0);
  });

  it('a ticket from one thread opens on the other', async () => {
    const ann = await apiClients(server).as('ann');
    for (let round = 0; round < 6; round += 1) {
      const { body } = await ann('POST', '/api/v1/tickets');
      const url = `${server.wsUrl}/api/ws/notifications?ticket=${String(body['ticket'])}`;
      const socket = await PlainClient.open(url);
      expect(await socket.nextOf('connected')).toMatchObject({ data: { user_id: 'ann' } });
      await socket.close(1000);
    }
  });
});

describe('a cut connection', () => {
  let proxy: CutProxy;
  beforeAll(async () => {
    proxy = await startCutProxy(server.port);
  });
  afterAll(() => proxy.close());

  it('recovers all it missed, whichever thread it comes back to', async () => {
    const reader = await clients.connect(proxy.wsUrl, { token: await server.token('reader') });
    const subscription = await subscribed(reader, 'news:recovered');
    const collected = new Collected(subscription);
    const writer = await sdkOn(2, 'writer');
    let number = 0;
    for (let round = 0; round < 8; round += 1) {
      const lost = next(reader, 'connecting');
      proxy.cut();
      await lost;
      for (let n = 0; n < 20; n += 1) await writer.publish('news:recovered', (number += 1));
      const back = next<SubscribedContext>(subscription, 'subscribed');
      proxy.mend();
      expect(await back).toMatchObject({ recovered: true });
    }
    await writer.publish('news:recovered', (number += 1));
    const expected = Array.from({ length: number }, (_, index) => index + 1);
    expect(await collected.atLeast(number)).toEqual(expected);
  });
});
