/** Which servers there are where that does not change by itself: one, several by consistent hash, or the master that Sentinels name. */
import {
  addressName,
  type RedisAddress,
  type RedisLimits,
  type RedisTopology,
} from './connection-options.ts';
import { askSentinels } from './connection-sentinel.ts';
import { RedisShard, type ShardOptions } from './connection-shard.ts';
import { createRendezvous } from './connection-slots.ts';

/** Finds the server of a name. */
export interface ShardMap {
  readonly shards: readonly RedisShard[];
  /** Rejects while the servers are not known. */
  start(): Promise<void>;
  shardOf(name: string): RedisShard;
  /** Something is not where it was thought to be. */
  refresh(): Promise<void>;
}

export type ShardEvents = Pick<
  ShardOptions,
  'shared' | 'handleConnected' | 'handleLost' | 'handleTrouble'
>;

/** A channel of this process for `shard` alone. */
export const probeChannelOf = (prefix: string, nodeId: string, tag: string | number): string =>
  `${prefix}:{probe-${tag}}:${nodeId}`;

export function createFixedShards(
  topology: Exclude<RedisTopology, { kind: 'cluster' }>,
  events: ShardEvents,
  options: { readonly prefix: string; readonly password: string | undefined },
): ShardMap {
  const { nodeId, limits } = events.shared;
  const targets =
    topology.kind === 'sentinel'
      ? [masterOf(topology, options.password, limits)]
      : topology.addresses.map((address) => ({
          name: addressName(address),
          address: () => address,
        }));
  const shards = targets.map(
    (target) =>
      new RedisShard({
        ...events,
        ...target,
        isSharded: false,
        mustBeMaster: topology.kind === 'sentinel',
      }),
  );
  const choose = createRendezvous(targets.map(({ name }) => name));
  const [only] = shards;
  if (only === undefined) throw new Error('no Redis server is given');
  return {
    shards,
    start: () => {
      for (const [index, shard] of shards.entries()) {
        shard.start(probeChannelOf(options.prefix, nodeId, index));
      }
      return Promise.resolve();
    },
    shardOf: shards.length === 1 ? () => only : (name) => shards[choose(name)] ?? only,
    refresh: () => Promise.resolve(),
  };
}

function masterOf(
  topology: Extract<RedisTopology, { kind: 'sentinel' }>,
  password: string | undefined,
  limits: RedisLimits,
): { name: string; address: () => Promise<RedisAddress> } {
  const access = password === undefined ? {} : { password };
  return {
    name: topology.masterName,
    address: async () => ({ ...(await askSentinels({ ...topology, limits })), ...access }),
  };
}
