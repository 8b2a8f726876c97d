/**
 * What one Redis carries as broker, without clients: publications per second, CPU of Redis and of a
 * node per publication, and how long a publication takes to another node. By hand:
 * `node --conditions=@carillon/source bench/src/load/redis-broker.ts [seconds]`
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import { createSystemClock } from '../../../packages/server/src/adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../../packages/server/src/adapters/clock-system/system-random.ts';
import { createMemoryBroker } from '../../../packages/server/src/adapters/broker-memory/memory-broker.ts';
import { createRedisBroker } from '../../../packages/server/src/adapters/redis/redis-broker.ts';
import { createRedisConnections } from '../../../packages/server/src/adapters/redis/redis-connections.ts';
import type { Broker, PublishOptions } from '../../../packages/server/src/ports/broker.ts';
import {
  startRedis,
  type RedisServer,
} from '../../../packages/testkit/src/servers/redis-server.ts';
import { silentLogger } from '../../../packages/testkit/src/simulation/node-fixture.ts';

const CHANNELS = 1_000;
const IN_FLIGHT = 256;
const RATE = 5_000;
const SECONDS = Number(process.argv[2] ?? 5);
const PADDING = 'x'.repeat(170);
const KEPT: PublishOptions = { historySize: 100, historyTtlMs: 60_000 };

interface Case {
  readonly title: string;
  readonly options: (serial: number) => PublishOptions;
}

const CASES: readonly Case[] = [
  { title: 'no history', options: () => ({}) },
  { title: 'history of 100', options: () => KEPT },
  {
    title: 'history of 100, idempotency key',
    options: (serial) => ({ ...KEPT, idempotencyKey: `k${serial}` }),
  },
];

const clock = createSystemClock();
const random = createSystemRandom();
const logger = silentLogger();
const metrics = { count: () => undefined, observe: () => undefined };

async function openBroker(redis: RedisServer, nodeId: string) {
  const shared = { nodeId, clock, random, logger, metrics };
  const connections = await createRedisConnections({ ...shared, urls: [redis.url] });
  return { connections, broker: createRedisBroker({ ...shared, connections }) };
}

/** Seconds of CPU that the server has used, and what it holds in memory. */
async function vitalsOf(redis: RedisServer): Promise<{ cpuSeconds: number; bytes: number }> {
  const info = await redis.command('INFO', 'all');
  const read = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'mu').exec(info)?.[1]);
  return { cpuSeconds: read('used_cpu_user') + read('used_cpu_sys'), bytes: read('used_memory') };
}

const dataOf = (serial: number): string =>
  `{"n":${serial},"at":${performance.now()},"text":"${PADDING}"}`;
const channelOf = (serial: number): string => `room:${serial % CHANNELS}`;

/** As much as goes, with a bounded number under way; `receivers` other nodes get everything. */
async function throughput({ title, options }: Case, receivers: number): Promise<void> {
  const redis = await startRedis();
  const publisher = await openBroker(redis, 'publisher');
  let received = 0;
  const others = await Promise.all(
    Array.from({ length: receivers }, async (_, index) => {
      const other = await openBroker(redis, `receiver-${index}`);
      await other.broker.start({ handleEvent: () => void (received += 1) });
      for (let at = 0; at < CHANNELS; at += 1) await other.broker.subscribe(channelOf(at));
      return other;
    }),
  );
  const [before, cpuBefore, startedAt] = [
    await vitalsOf(redis),
    process.cpuUsage(),
    performance.now(),
  ];
  const endAt = startedAt + SECONDS * 1_000;
  let serial = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < endAt) {
      serial += 1;
      await publisher.broker.publish(
        channelOf(serial),
        { type: 'publication', publication: { data: dataOf(serial) } },
        options(serial),
      );
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  while (received < serial * receivers) await pause(10);
  const after = await vitalsOf(redis);
  const perPublication = (microseconds: number): string => (microseconds / serial).toFixed(1);
  console.log(
    `${title}, ${receivers} receiving nodes: ${Math.round(serial / seconds)}/s; ` +
      `CPU µs per publication: Redis ${perPublication((after.cpuSeconds - before.cpuSeconds) * 1e6)}, ` +
      `nodes ${perPublication(user + system)}; ` +
      `Redis memory ${((after.bytes - before.bytes) / 2 ** 20).toFixed(1)} MiB after ${serial}`,
  );
  for (const { connections } of [publisher, ...others]) await connections.close();
  await redis.stop();
}

/** From the intended moment until another node has it, at a steady rate. */
async function latency(title: string, publisher: Broker, receiver: Broker): Promise<void> {
  const histogram = build();
  let received = 0;
  await receiver.start({
    handleEvent(_channel, event) {
      received += 1;
      if (event.type !== 'publication') return;
      const { at } = JSON.parse(event.publication.data);
      histogram.recordValue(Math.max(1, Math.round((performance.now() - at) * 1_000)));
    },
  });
  for (let at = 0; at < CHANNELS; at += 1) await receiver.subscribe(channelOf(at));
  const startedAt = performance.now();
  let serial = 0;
  while (performance.now() - startedAt < SECONDS * 1_000) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * RATE);
    for (; serial < due; serial += 1) {
      const data = `{"at":${startedAt + (serial / RATE) * 1_000},"text":"${PADDING}"}`;
      void publisher.publish(
        channelOf(serial),
        { type: 'publication', publication: { data } },
        KEPT,
      );
    }
    await pause(1);
  }
  while (received < serial) await pause(10);
  const ms = (percentile: number): string =>
    (histogram.getValueAtPercentile(percentile) / 1_000).toFixed(2);
  console.log(`${title}, ${RATE}/s: p50 ${ms(50)} ms, p99 ${ms(99)} ms, p99.9 ${ms(99.9)} ms`);
}

console.log(`load average ${loadavg()[0]?.toFixed(1)} before`);
for (const each of CASES) await throughput(each, 1);
await throughput({ title: 'history of 100', options: () => KEPT }, 3);
const memory = createMemoryBroker({ clock, random });
await latency('memory', memory, memory);
const redis = await startRedis();
const [one, two] = [await openBroker(redis, 'one'), await openBroker(redis, 'two')];
await latency('redis, to another node', one.broker, two.broker);
await Promise.all([one.connections.close(), two.connections.close()]);
await redis.stop();
