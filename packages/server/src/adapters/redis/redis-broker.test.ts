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
