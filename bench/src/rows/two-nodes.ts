/**
 * P8: 5,000 publications a second on one node, heard by one subscriber there and one on a second
 * node, joined by Redis; against a node that has both. What a second node adds to the latency is
 * the way through Redis: in the two-node runs half of the messages still end where they began, but
 * all go through it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startRedis } from '../../../packages/testkit/src/servers/redis-server.ts';
import type { System } from '../load/dialects.ts';
import { summarizeLatencies } from '../load/latency.ts';
import { RemoteProcess } from '../process/remote.ts';
import type { ServerCalls } from '../servers/calls.ts';
import { spreadOf } from '../stats.ts';
import { deliver } from './deliveries.ts';
import { withLab, type Lab } from './lab.ts';
import { alternate, figuresOf, type Sample } from './rounds.ts';
import type { RowOptions, RowReport } from './row.ts';

const GROUPS = 500;
const MEMBERS = 2;
/** Five publications a millisecond. */
const PACE = { perTick: 5, intervalMs: 1 };
const MESSAGE_BYTES = 200;
const SYSTEMS: readonly System[] = ['carillon', 'carillon-redis'];

export async function twoNodes(options: RowOptions): Promise<RowReport> {
  const plan = { ...options, systems: SYSTEMS, title: 'P8 two nodes' };
  const samples = await alternate(plan, (system) => measure(system, options));
  const p99sOf = (system: System): readonly number[] =>
    (samples.get(system) ?? []).map(({ value }) => value);
  const alone = p99sOf('carillon');
  const added = p99sOf('carillon-redis').map((p99, round) => p99 - (alone[round] ?? Number.NaN));
  return {
    row: 'P8',
    title: 'Two nodes over Redis, 5,000 publications/s, against one node',
    results: [
      {
        id: 'P8',
        what: 'two nodes over Redis: p99 added to one node’s',
        unit: 'ms',
        value: spreadOf(added),
        must: 10,
        aim: 3,
        better: 'lower',
      },
    ],
    figures: figuresOf(samples, { what: 'publish to delivery, p99', unit: 'ms' }),
  };
}

async function measure(system: System, options: RowOptions): Promise<Sample> {
  // Two nodes and Redis need more than the CPU that a pinned server has; one node gets as much.
  const common = { system: 'carillon', isPinned: false, profileDir: options.profileDir } as const;
  if (system === 'carillon') return withLab(common, (lab) => publish(lab, options));
  const redis = await startRedis();
  const settings = { engine: 'redis', redisUrl: redis.url };
  try {
    return await withLab({ ...common, settings }, (lab) =>
      withSecondNode(lab, settings, (otherPort) => publish(lab, options, otherPort)),
    );
  } finally {
    await redis.stop();
  }
}

async function withSecondNode<T>(
  { secret, dataDir }: Lab,
  settings: Readonly<Record<string, string>>,
  run: (port: number) => Promise<T>,
): Promise<T> {
  const own = join(dataDir, 'second-node');
  mkdirSync(own);
  const node = new RemoteProcess<ServerCalls>({ entry: 'servers/carillon.ts' });
  try {
    const { port } = await node.call('start', { secret, dataDir: own, settings });
    return await run(port);
  } finally {
    await node.stop();
  }
}

async function publish(lab: Lab, options: RowOptions, otherPort?: number): Promise<Sample> {
  const { generator, port, secret } = lab;
  await generator.call('gather', {
    system: 'carillon',
    port,
    secret,
    connections: GROUPS * MEMBERS,
    groups: GROUPS,
    // Odd, so that samplers sit on both nodes and in all groups.
    sampleEvery: 9,
    ...(otherPort === undefined ? {} : { otherPort }),
  });
  const plan = { ...PACE, groups: GROUPS, messageBytes: MESSAGE_BYTES };
  const ticksIn = (seconds: number): number => (seconds * 1000) / PACE.intervalMs;
  await deliver(lab, { ...plan, ticks: ticksIn(2) });
  const { collected } = await deliver(lab, { ...plan, ticks: ticksIn(options.isQuick ? 3 : 10) });
  const { latency, generator: vitals } = collected;
  return { value: summarizeLatencies([latency]).p99Ms, latency, generator: vitals };
}
