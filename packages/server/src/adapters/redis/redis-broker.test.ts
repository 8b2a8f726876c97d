import type { ChannelEvent } from '@carillon/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { brokerContract } from '../../../../testkit/src/contracts/broker-contract.ts';
import {
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from '../../../../testkit/src/servers/redis-server.ts';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import type { Broker, BrokerHandler } from '../../ports/broker.ts';
import { createSystemClock } from '../clock-system/system-clock.ts';
import { createSystemRandom } from '../clock-system/system-random.ts';
import type { RedisSettings } from './connection-options.ts';
import { createRedisBroker } from './redis-broker.ts';
import { createRedisConnections, type RedisConnections } from './redis-connections.ts';

let first: RedisServer;
let second: RedisServer;
let cluster: RedisCluster;
let names = 0;
const opened: RedisConnections[] = [];
const AWAY = /cannot be reached|went away/u;

beforeAll(async () => {
  [first, second, cluster] = await Promise.all([
    startRedis(),
    startRedis({ password: 'p w:d@' }),
    startRedisCluster(3),
  ]);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  await Promise.all([first.stop(), second.stop(), cluster.stop()]);
});

const unique = (what: string): string => {
  names += 1;
  return `${what}-${names}`;
};

async function connect(settings: RedisSettings, nodeId = unique('node')) {
  const parts = {
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger: silentLogger(),
    nodeId,
  };
  const metrics = { count: () => undefined, observe: () => undefined };
  const connections = await createRedisConnections({ ...settings, ...parts, metrics });
  opened.push(connections);
  return { connections, broker: createRedisBroker({ ...parts, connections }) };
}

/** Redis's own clock cannot be moved; what time does to its keys can be done to them. */
async function age(servers: readonly RedisServer[], prefix: string, ms: number): Promise<void> {
  for (const server of servers) {
    const keys = await server.command('--scan', '--pattern', `${prefix}:*`);
    for (const key of keys.split('\n').filter((each) => each !== '')) {
      const left = Number(await server.command('PTTL', key));
      if (left >= 0) await server.command('PEXPIRE', key, String(left - ms));
    }
  }
}

const topologies: readonly [string, () => RedisSettings, () => readonly RedisServer[]][] = [
  ['redis, one server', () => ({ urls: [first.url] }), () => [first]],
  ['redis, two servers', () => ({ urls: [first.url, second.url] }), () => [first, second]],
  ['redis cluster', () => ({ urls: cluster.url.split(','), isCluster: true }), () => cluster.nodes],
];

for (const [name, settings, servers] of topologies) {
  brokerContract(name, async () => {
    const prefix = unique('contract');
    const { broker } = await connect({ ...settings(), prefix });
    return { broker, advance: (ms) => age(servers(), prefix, ms) };
  });
}

const event = (data: string): ChannelEvent => ({ type: 'publication', publication: { data } });
const KEPT = { historySize: 10, historyTtlMs: 60_000 };

interface Seen {
  readonly data: readonly string[];
  readonly offsets: readonly (number | undefined)[];
  readonly reconnects: number;
  /** Resolves when the condition holds; looked at with every event. */
  until(condition: () => boolean): Promise<void>;
}

/** Starts the broker and writes down what it delivers. */
async function listen(broker: Broker): Promise<Seen> {
  const data: string[] = [];
  const offsets: (number | undefined)[] = [];
  let waiting: { condition: () => boolean; resolve: () => void }[] = [];
  const look = (): void => {
    const met = waiting.filter(({ condition }) => condition());
    waiting = waiting.filter((each) => !met.includes(each));
    for (const { resolve } of met) resolve();
  };
  const seen = {
    data,
    offsets,
    reconnects: 0,
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        waiting.push({ condition, resolve });
        look();
      }),
  };
  const handler: BrokerHandler = {
    handleEvent(_channel, each) {
      if (each.type !== 'publication') return;
      data.push(each.publication.data);
      offsets.push(each.publication.offset);
      look();
    },
    handleReconnected() {
      seen.reconnects += 1;
      look();
    },
  };
  await broker.start(handler);
  return seen;
}

describe('redis broker', () => {
  it('two nodes see the publications of both in one order', async () => {
    const prefix = unique('two');
    const one = await connect({ urls: [first.url], prefix });
    const two = await connect({ urls: [first.url], prefix });
    const [seenByOne, seenByTwo] = [await listen(one.broker), await listen(two.broker)];
    await Promise.all([one.broker.subscribe('a'), two.broker.subscribe('a')]);
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? one : two).broker.publish('a', event(String(index)), KEPT),
      ),
    );
    await seenByOne.until(() => seenByOne.data.length === 100);
    await seenByTwo.until(() => seenByTwo.data.length === 100);
    expect(seenByTwo.data).toEqual(seenByOne.data);
    expect(seenByOne.offsets).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it('installations with different prefixes share a server and nothing else', async () => {
    const one = await connect({ urls: [first.url], prefix: unique('installation') });
    const other = await connect({ urls: [first.url], prefix: unique('installation') });
    const [seen, seenElsewhere] = [await listen(one.broker), await listen(other.broker)];
    await Promise.all([one.broker.subscribe('a'), other.broker.subscribe('a')]);
    await one.broker.publish('a', event('1'), KEPT);
    await other.broker.publish('a', event('2'), KEPT);
    await seen.until(() => seen.data.length > 0);
    await seenElsewhere.until(() => seenElsewhere.data.length > 0);
    expect([seen.data, seenElsewhere.data]).toEqual([['1'], ['2']]);
  });

  it('channels whose names look like hash tags are kept apart', async () => {
    const { broker } = await connect({
      urls: cluster.url.split(','),
      isCluster: true,
      prefix: unique('odd'),
    });
    const seen = await listen(broker);
    const channels = ['}', '{}', '}{', 'a}b', 'a}c', '{a', 'room:{x}'];
    for (const channel of channels) await broker.subscribe(channel);
    for (const channel of channels) {
      const { position } = await broker.publish(channel, event(`"${channel}"`), KEPT);
      expect([channel, position?.offset]).toEqual([channel, 1]);
    }
    await seen.until(() => seen.data.length === channels.length);
    expect(seen.data.toSorted()).toEqual(channels.map((each) => `"${each}"`).toSorted());
  });

  it('away: a publication is delivered here once, without offset, and refused; on return others hear of it', async () => {
    const server = await startRedis();
    const one = await connect({ urls: [server.url] }, 'n1');
    const two = await connect({ urls: [server.url] }, 'n2');
    const [seenByOne, seenByTwo] = [await listen(one.broker), await listen(two.broker)];
    await Promise.all([one.broker.subscribe('a'), two.broker.subscribe('a')]);
    const lost = new Promise<void>((resolve) => one.connections.onLost(resolve));
    await server.kill();
    await lost;
    const once = { idempotencyKey: 'k' };
    await expect(one.broker.publish('a', event('1'), once)).rejects.toThrow(AWAY);
    await expect(one.broker.publish('a', event('1'), once)).rejects.toThrow(AWAY);
    await expect(one.broker.history('a', { limit: 0 })).rejects.toThrow(AWAY);
    await one.broker.subscribe('b');
    await server.start();
    await seenByOne.until(() => seenByOne.reconnects === 1);
    await seenByTwo.until(() => seenByTwo.reconnects === 1);
    await one.broker.publish('a', event('1'), once);
    await one.broker.publish('b', event('2'), KEPT);
    await seenByTwo.until(() => seenByTwo.data.includes('1'));
    await seenByOne.until(() => seenByOne.data.includes('2'));
    expect([seenByOne.data, seenByTwo.data]).toEqual([['1', '2'], ['1']]);
    expect(seenByOne.offsets).toEqual([undefined, 1]);
    await server.stop();
  });

  it('[REC7] a server started again begins a new epoch, even where it kept its data; so does FLUSHALL', async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const { broker } = await connect({ urls: [server.url] });
    const seen = await listen(broker);
    const epochs = new Set<string>();
    const publish = async (): Promise<number | undefined> => {
      const { position } = await broker.publish('a', event('1'), KEPT);
      if (position !== undefined) epochs.add(position.epoch);
      return position?.offset;
    };
    expect([await publish(), await publish()]).toEqual([1, 2]);
    await server.restart();
    await seen.until(() => seen.reconnects === 1);
    expect(await server.command('HGET', 'carillon:{a}:m', 'o')).toBe('2');
    expect((await broker.history('a', { limit: -1 })).publications).toEqual([]);
    expect(await publish()).toBe(1);
    await server.command('FLUSHALL');
    expect(await publish()).toBe(1);
    expect(epochs.size).toBe(3);
    await server.stop();
  });

  it('everything it leaves in Redis ends by itself', async () => {
    const prefix = unique('ends');
    const { broker } = await connect({ urls: [first.url], prefix });
    await broker.publish('a', event('1'), { historySize: 5, idempotencyKey: 'k' });
    await broker.publish('b', event('1'), {});
    await broker.history('c', { limit: 0 });
    const keys = (await first.command('--scan', '--pattern', `${prefix}:*`)).split('\n');
    expect(keys.toSorted()).toEqual(
      ['{a}:h', '{a}:i:k', '{a}:m', '{c}:m'].map((key) => `${prefix}:${key}`),
    );
    for (const key of keys) expect(Number(await first.command('PTTL', key))).toBeGreaterThan(0);
  });
});
