/** The SDK's connection against a real server: what is missed, what is refused, and tokens that end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, CarillonError, Gap, Publication } from '@carillon/client';
import { type RunningServer, startServer } from '@carillon/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type CutProxy, startCutProxy } from '../native/cut-proxy.ts';
import { closeClients, connectAs, publishAs, untilStatus } from './sdk-clients.ts';

let dataDir: string;
let server: RunningServer;
let proxy: CutProxy;

const start = (port = 0): Promise<RunningServer> =>
  startServer({
    dataDir,
    port,
    config: {
      namespaces: [
        {
          name: 'news',
          subscribe: 'authenticated',
          publish: 'authenticated',
          history: { size: 50, ttl: '300s' },
          recover: true,
          presence: true,
          joinLeave: true,
          slowConsumer: 'disconnect',
        },
      ],
    },
  });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-sdk-'));
  server = await start();
  proxy = await startCutProxy(server.port);
});

afterEach(closeClients);

afterAll(async () => {
  proxy.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const viaProxy = () => ({ url: proxy.wsUrl.replace('ws', 'http') });

const watch = (channel: Channel): { readonly data: unknown[]; readonly gaps: Gap[] } => {
  const seen = { data: [] as unknown[], gaps: [] as Gap[] };
  channel.onPublication(({ data }: Publication) => seen.data.push(data));
  channel.onGap((gap) => seen.gaps.push(gap));
  channel.subscribe();
  return seen;
};

it('says who we are, answers calls, and asks channels', async () => {
  const client = connectAs(server, 'alice');
  const channel = client.channel('news:talk');
  expect(client.channel('news:talk')).toBe(channel);
  const seen = watch(channel);
  await channel.publish({ n: 1 }, { idempotencyKey: 'k1' });
  await channel.publish({ n: 1 }, { idempotencyKey: 'k1' });
  await channel.publish({ n: 2 });
  await expect.poll(() => seen.data).toEqual([{ n: 1 }, { n: 2 }]);
  expect(client.user.get()).toBe('alice');
  expect(await client.call('inbox.counts', {})).toMatchObject({ unread: 0 });
  expect(await channel.presence()).toMatchObject([{ user: 'alice' }]);
  expect(await channel.presenceStats()).toEqual({ clients: 1, users: 1 });
  const page = await channel.history({ limit: 1, isReverse: true });
  expect(page.publications.map(({ data }) => data)).toEqual([{ n: 2 }]);
  expect(page.position.offset).toBe(2);
});

it('is told who comes and goes once somebody listens for it', async () => {
  const channel = connectAs(server, 'alice').channel('news:door');
  watch(channel);
  await expect.poll(() => channel.state.get().status).toBe('subscribed');
  const joined: string[] = [];
  channel.onJoin(({ user }) => joined.push(user));
  await expect.poll(() => channel.state.get().status).toBe('subscribed');
  connectAs(server, 'bob').channel('news:door').subscribe();
  await expect.poll(() => joined).toContain('bob');
});

it('what is refused says why, and is not tried again', async () => {
  const client = connectAs(server, 'alice');
  const channel = client.channel('user:bob');
  channel.subscribe();
  await expect
    .poll(() => channel.state.get())
    .toMatchObject({
      status: 'failed',
      error: { code: 103, isTemporary: false },
    });
  await expect(client.call('chat.get', { conversation_id: 'none' })).rejects.toMatchObject({
    code: 404,
  });
});

it('own events come without asking, and to whoever asks for the channel by name', async () => {
  const client = connectAs(server, 'carol');
  const told: unknown[] = [];
  client.onServerPublication(({ channel, data }) => told.push([channel, data]));
  const seen = watch(client.channel('user:carol'));
  await untilStatus(client, 'connected');
  await publishAs(server, 'user:carol', { type: 'x' });
  await expect.poll(() => told).toEqual([['user:carol', { type: 'x' }]]);
  expect(seen.data).toEqual([{ type: 'x' }]);
  expect(client.channel('user:carol').state.get().status).toBe('subscribed');
});

it('what was published while the cable was out comes once, in order, without a gap', async () => {
  const client = connectAs(server, 'alice', viaProxy());
  const own: unknown[] = [];
  client.onServerPublication(({ data }) => own.push(data));
  const seen = watch(client.channel('news:cut'));
  await client.channel('news:cut').publish(0);
  await expect.poll(() => seen.data).toEqual([0]);
  proxy.cut();
  await untilStatus(client, 'waiting');
  for (const n of [1, 2, 3]) await publishAs(server, 'news:cut', n);
  await publishAs(server, 'user:alice', 'mine');
  const waiting = client.call('inbox.counts', {});
  proxy.mend();
  await expect.poll(() => seen.data).toEqual([0, 1, 2, 3]);
  await expect.poll(() => own).toEqual(['mine']);
  expect(await waiting).toMatchObject({ total: 0 });
  expect(seen.gaps).toEqual([]);
});

it('a call that was sent and lost its connection says so', async () => {
  const client = connectAs(server, 'alice', viaProxy());
  await untilStatus(client, 'connected');
  const call = client.call('inbox.counts', {});
  await Promise.resolve();
  proxy.cut();
  const error = await call.catch((each: unknown) => each as CarillonError);
  expect(error).toMatchObject({ name: 'connection_lost', code: 0, isTemporary: true });
  proxy.mend();
});

it('a call ends with its signal, and without a connection at once', async () => {
  const client = connectAs(server, 'alice');
  await untilStatus(client, 'connected');
  const controller = new AbortController();
  const call = client.call('inbox.counts', {}, { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ name: 'aborted' });
  client.disconnect();
  await expect(client.call('inbox.counts', {})).rejects.toMatchObject({ name: 'not_connected' });
});

it('a token is renewed before it ends, without a blink', async () => {
  const reasons: string[] = [];
  const client = connectAs(server, 'dora', {
    getToken: ({ reason }) => {
      reasons.push(reason);
      return server.token('dora', {}, '2s');
    },
  });
  const statuses: string[] = [];
  client.state.subscribe(() => statuses.push(client.state.get().status));
  await expect.poll(() => reasons.length, { timeout: 10_000 }).toBeGreaterThan(2);
  expect(reasons.slice(0, 3)).toEqual(['connect', 'refresh', 'refresh']);
  expect(statuses.filter((status) => status !== 'connecting')).toEqual(['connected']);
  expect(await client.call('inbox.counts', {})).toMatchObject({ total: 0 });
});

it('a token that ran out meanwhile is asked for again', async () => {
  let count = 0;
  const client = connectAs(server, 'eve', {
    getToken: () => {
      count += 1;
      return server.token('eve', {}, count === 1 ? '-1s' : '1h');
    },
  });
  await untilStatus(client, 'connected');
  expect(count).toBe(2);
});

it('a forged token, and nobody signed in, are for good', async () => {
  const forged = connectAs(server, 'mallory', { getToken: async () => 'a.b.c' });
  await untilStatus(forged, 'closed');
  expect(forged.state.get()).toMatchObject({ why: { code: 3500, reason: 'invalid token' } });
  const nobody = connectAs(server, 'nobody', { getToken: async () => null });
  await untilStatus(nobody, 'closed');
  expect(nobody.state.get()).toMatchObject({ why: { code: 0, reason: 'signed out' } });
});

it('a server that is killed and comes back without its history is told as a gap, and what follows comes', async () => {
  const client = connectAs(server, 'alice');
  const seen = watch(client.channel('news:crash'));
  await client.channel('news:crash').publish('before');
  await expect.poll(() => seen.data).toEqual(['before']);
  const { port } = server;
  await server.kill('SIGKILL');
  await untilStatus(client, 'waiting', 'connecting');
  server = await start(port);
  await expect.poll(() => seen.gaps.length).toBe(1);
  expect(seen.gaps[0]).toMatchObject({
    channel: 'news:crash',
    from: { offset: 1 },
    to: { offset: 0 },
  });
  expect(seen.gaps[0]?.from?.epoch).not.toBe(seen.gaps[0]?.to?.epoch);
  await publishAs(server, 'news:crash', 'after');
  await expect.poll(() => seen.data).toEqual(['before', 'after']);
});
