import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { selfSigned } from '../../../../testkit/src/self-signed.ts';
import {
  freePort,
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
  startSentinel,
} from '../../../../testkit/src/servers/redis-server.ts';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import { createSystemClock } from '../clock-system/system-clock.ts';
import { createSystemRandom } from '../clock-system/system-random.ts';
import type { RedisLimits, RedisSettings } from './connection-options.ts';
import { defineScript } from './connection-script.ts';
import { createRedisConnections, type RedisConnections } from './redis-connections.ts';

let redis: RedisServer;
/** Take seconds to find themselves; meanwhile other tests run. */
let pair: Promise<RedisCluster>;
let replicated: Promise<RedisCluster>;
const opened: RedisConnections[] = [];
const AWAY = /cannot be reached|went away/u;

beforeAll(async () => {
  pair = startRedisCluster(2);
  replicated = startRedisCluster(3, { replicas: 1 });
  redis = await startRedis();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  const clusters = await Promise.all([pair, replicated]);
  await Promise.all([redis, ...clusters].map((each) => each.stop()));
});

async function connect(
  settings: RedisSettings,
  limits: Partial<RedisLimits> = {},
): Promise<RedisConnections & { readonly reconnects: Map<string, number> }> {
  const reconnects = new Map<string, number>();
  const connections = await createRedisConnections({
    ...settings,
    nodeId: 'n1',
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger: silentLogger(),
    metrics: {
      count: (_name, _amount, labels) => {
        const connection = labels?.['connection'] ?? '';
        reconnects.set(connection, (reconnects.get(connection) ?? 0) + 1);
      },
      observe: () => undefined,
    },
    limits,
  });
  opened.push(connections);
  return Object.assign(connections, { reconnects });
}

const next = (subscribe: (listener: () => void) => unknown): Promise<void> =>
  new Promise((resolve) => subscribe(resolve));

/** A channel and what came on it. */
async function inboxOf(connections: RedisConnections, channel: string) {
  const messages: string[] = [];
  let wake = (): void => undefined;
  await connections.subscribe(channel, (message) => {
    messages.push(message.toString());
    wake();
  });
  return {
    messages,
    async until(count: number): Promise<readonly string[]> {
      while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return messages;
    },
  };
}

it('a start that cannot reach Redis ends with one message that names the setting', async () => {
  const port = await freePort();
  const away = `redis://127.0.0.1:${port}`;
  const refused = `Redis 127.0.0.1:${port} cannot be reached: connect ECONNREFUSED`;
  const cases: readonly [RedisSettings, string][] = [
    [{ urls: [away] }, `REDIS_URL: ${refused}`],
    [{ host: '127.0.0.1', port }, `REDIS_HOST: ${refused}`],
    [
      { sentinels: [`127.0.0.1:${port}`] },
      'REDIS_SENTINELS: Redis mymaster cannot be reached: no Sentinel answered',
    ],
    [{ urls: [away], isCluster: true }, 'REDIS_URL: no node of the cluster answered'],
    [{ urls: ['localhost:6379'] }, 'REDIS_URL: redis://host:port'],
  ];
  await Promise.all(
    cases.map(([settings, message]) =>
      expect(connect(settings, { startTimeoutMs: 2_500 })).rejects.toThrow(message),
    ),
  );
});

it('a password that is wrong or missing is said at once, the right one is used', async () => {
  const locked = await startRedis({ password: 'a/b:c@' });
  const open = `redis://127.0.0.1:${locked.port}`;
  await Promise.all([
    expect(connect({ urls: [open] })).rejects.toThrow('NOAUTH'),
    expect(connect({ urls: [open], password: 'x' })).rejects.toThrow('WRONGPASS'),
    connect({ urls: [open], password: 'a/b:c@' }),
    connect({ urls: [locked.url] }),
  ]);
  await locked.stop();
});

it('rediss:// speaks TLS', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-redis-tls-'));
  const { cert, key } = selfSigned('localhost');
  const files = { cert: join(folder, 'cert'), key: join(folder, 'key') };
  await Promise.all([writeFile(files.cert, cert), writeFile(files.key, key)]);
  const port = await freePort();
  const server = await startRedis({
    args: ['--tls-port', String(port), '--tls-auth-clients', 'no'].concat(
      ['--tls-cert-file', files.cert, '--tls-key-file', files.key],
      ['--tls-ca-cert-file', files.cert],
    ),
  });
  const known = getCACertificates('default');
  setDefaultCACertificates([...known, cert]);
  const connections = await connect({ urls: [`rediss://localhost:${port}`] });
  setDefaultCACertificates(known);
  const inbox = await inboxOf(connections, 'carillon:{a}');
  await connections.publish('carillon:{a}', 'hello');
  expect(await inbox.until(1)).toEqual(['hello']);
  await server.stop();
  await rm(folder, { recursive: true });
});

it('while Redis is away commands fail at once, and on return everything is subscribed again', async () => {
  const server = await startRedis();
  const connections = await connect({ urls: [server.url] });
  const inbox = await inboxOf(connections, 'carillon:{a}');
  const lost = next((listener) => connections.onLost(listener));
  await server.kill();
  await lost;
  expect(connections.isConnected).toBe(false);
  await expect(connections.command('a', ['GET', 'a'])).rejects.toThrow(AWAY);
  await expect(connections.check()).rejects.toThrow(AWAY);
  const added = inboxOf(connections, 'carillon:{b}');
  const back = next((listener) => connections.onReconnected(listener));
  await server.start();
  await back;
  await connections.check();
  await connections.publish('carillon:{a}', '1');
  await connections.publish('carillon:{b}', '2');
  expect(await inbox.until(1)).toEqual(['1']);
  expect(await (await added).until(1)).toEqual(['2']);
  await server.stop();
});

it('commands whose answer never came are rejected when the connection breaks', async () => {
  const server = await startRedis();
  const connections = await connect({ urls: [server.url] });
  server.pause();
  const answers = Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => connections.command('a', ['SET', 'a', `${index}`])),
  );
  await server.kill();
  for (const { status } of await answers) expect(status).toBe('rejected');
  await server.stop();
});

it('what waits for an answer is bounded in number and bytes', async () => {
  const server = await startRedis();
  const connections = await connect(
    { urls: [server.url] },
    { maxPendingCommands: 100, maxPendingBytes: 10_000 },
  );
  server.pause();
  const pending = Array.from({ length: 100 }, () => connections.command('a', ['PING']));
  await expect(connections.command('a', ['PING'])).rejects.toThrow('full');
  await expect(connections.command('a', ['SET', 'a', 'x'.repeat(9_900)])).rejects.toThrow(
    'bytes wait for it',
  );
  server.resume();
  await Promise.all(pending);
  await server.stop();
});

it('a server that hangs is noticed by the probe, and used again when it goes on', async () => {
  const server = await startRedis();
  const limits = { probeIntervalMs: 50, connectTimeoutMs: 200, maxRetryDelayMs: 50 };
  const connections = await connect({ urls: [server.url] }, limits);
  const inbox = await inboxOf(connections, 'carillon:{a}');
  const lost = next((listener) => connections.onLost(listener));
  server.pause();
  const hanging = connections.command('a', ['PING']);
  await lost;
  await expect(hanging).rejects.toThrow('went away');
  const back = next((listener) => connections.onReconnected(listener));
  server.resume();
  await back;
  await connections.publish('carillon:{a}', '1');
  expect(await inbox.until(1)).toEqual(['1']);
  await server.stop();
});

it('a PUB/SUB connection that nobody ended but that delivers nothing is made anew', async () => {
  const proxy = await startDeafProxy(redis.port);
  const connections = await connect(
    { urls: [`redis://127.0.0.1:${proxy.port}`] },
    { probeIntervalMs: 50 },
  );
  const inbox = await inboxOf(connections, 'carillon:{deaf}');
  const back = next((listener) => connections.onReconnected(listener));
  proxy.deafen();
  await back;
  await connections.publish('carillon:{deaf}', '1');
  expect(await inbox.until(1)).toEqual(['1']);
  expect([...connections.reconnects]).toEqual([['pubsub', 1]]);
  proxy.close();
});

it('there are two connections to a server, with 10 subscriptions or 10,000', async () => {
  const server = await startRedis();
  const connections = await connect({ urls: [server.url] });
  const count = async (): Promise<number> =>
    (await server.command('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes('=carillon')).length;
  const subscribe = async (from: number, to: number): Promise<void> => {
    const confirmed = Array.from({ length: to - from }, (_, index) =>
      connections.subscribe(`carillon:{${from + index}}`, () => undefined),
    );
    for (const each of confirmed) await each;
  };
  await subscribe(0, 10);
  expect(await count()).toBe(2);
  await subscribe(10, 10_000);
  expect(await count()).toBe(2);
  const channels = await server.command('PUBSUB', 'CHANNELS', 'carillon:{*');
  expect(channels.split('\n').filter((each) => !each.includes('probe'))).toHaveLength(10_000);
  await server.stop();
});

it('subscriptions and their ends of one tick cancel out', async () => {
  const connections = await connect({ urls: [redis.url] });
  const channel = 'carillon:{tick}';
  void connections.subscribe(channel, () => undefined);
  void connections.unsubscribe(channel);
  const inbox = await inboxOf(connections, channel);
  await connections.publish(channel, '1');
  expect(await inbox.until(1)).toEqual(['1']);
  void connections.unsubscribe(channel);
  const again = await inboxOf(connections, channel);
  await connections.publish(channel, '2');
  expect(await again.until(1)).toEqual(['2']);
  await connections.unsubscribe(channel);
  expect(await redis.command('PUBSUB', 'NUMSUB', channel)).toBe(`${channel}\n0`);
});

it('a script that the server forgot is sent again', async () => {
  const connections = await connect({ urls: [redis.url] });
  const script = defineScript('return ARGV[1]');
  expect(await connections.run(script, ['a'], ['1'])).toBe('1');
  await redis.command('SCRIPT', 'FLUSH');
  expect(await connections.run(script, ['a'], ['2'])).toBe('2');
});

it('with Sentinel the new master is found, and what is subscribed is subscribed there', async () => {
  const sentinel = await startSentinel({ password: 'secret' });
  const [master] = sentinel.redis;
  const connections = await connect({
    sentinels: sentinel.addresses.split(','),
    sentinelMaster: sentinel.masterName,
    password: 'secret',
  });
  const inbox = await inboxOf(connections, 'carillon:{a}');
  const before = connections.shardOf('a').serverId;
  const back = next((listener) => connections.onReconnected(listener));
  await master?.kill();
  await back;
  await connections.publish('carillon:{a}', '1');
  expect(await inbox.until(1)).toEqual(['1']);
  expect(connections.shardOf('a').serverId).not.toBe(before);
  expect(await sentinel.masterPort()).not.toBe(master?.port);
  await sentinel.stop();
});

it('when slots of a cluster move, keys and subscriptions are found where they went', async () => {
  const cluster = await pair;
  const [from, to] = cluster.nodes;
  if (from === undefined || to === undefined) throw new Error('two nodes are needed');
  const settings = { urls: [from.url], isCluster: true };
  const [listening, publishing] = [await connect(settings), await connect(settings)];
  // Its slot is among the first node's.
  const channel = 'carillon:{3560}';
  const slot = await from.command('CLUSTER', 'KEYSLOT', channel);
  expect(Number(slot)).toBeLessThan(8_192);
  const inbox = await inboxOf(listening, channel);
  await publishing.publish(channel, '1');
  const moved = next((listener) => listening.onReconnected(listener));
  const target = await to.command('CLUSTER', 'MYID');
  for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', target);
  await moved;
  await publishing.command(channel, ['SET', `${channel}:k`, '1']);
  await publishing.publish(channel, '2');
  expect(await inbox.until(2)).toEqual(['1', '2']);
  expect(await to.command('GET', `${channel}:k`)).toBe('1');
});

it('when a master of a cluster dies, its replica is used as soon as it took over', async () => {
  const cluster = await replicated;
  const connections = await connect({ urls: cluster.url.split(','), isCluster: true });
  const [master] = cluster.nodes;
  const [replica] = cluster.replicas;
  const channels = Array.from({ length: 50 }, (_, index) => `carillon:{${index}}`);
  const inboxes = await Promise.all(channels.map((channel) => inboxOf(connections, channel)));
  const promoted = new Promise<void>((resolve) => {
    connections.onReconnected(() => {
      const names = connections.shards.map(({ name }) => name);
      if (connections.isConnected && names.includes(`127.0.0.1:${replica?.port}`)) resolve();
    });
  });
  await master?.kill();
  await promoted;
  for (const channel of channels) await connections.publish(channel, 'x');
  for (const inbox of inboxes) expect(await inbox.until(1)).toEqual(['x']);
  expect(connections.shards).toHaveLength(3);
});

/** Passes everything on, until it lets nothing more through to those who have subscribed. */
async function startDeafProxy(port: number) {
  const sockets = new Set<Socket>();
  const listening = new Map<Socket, Socket>();
  const proxy = createServer((client) => {
    const upstream = connectTcp(port, '127.0.0.1');
    client.on('data', (bytes) => {
      if (bytes.toString().includes('\r\nsubscribe\r\n')) listening.set(client, upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.pipe(upstream).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    deafen: () => {
      for (const [client, upstream] of listening) {
        upstream.unpipe(client);
        upstream.resume();
      }
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
