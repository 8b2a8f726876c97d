/**
 * The masters of a Redis Cluster and their slots, read again whenever something is not where it
 * was thought to be. Subscriptions move with their slots.
 */
import { asError, openClient, RedisUnavailableError } from './connection-link.ts';
import { addressName, type RedisAddress } from './connection-options.ts';
import { RedisShard } from './connection-shard.ts';
import { probeChannelOf, type ShardEvents, type ShardMap } from './connection-shards.ts';
import { slotOf } from './connection-slots.ts';

export interface ClusterOptions {
  readonly seeds: readonly RedisAddress[];
  readonly prefix: string;
  readonly events: ShardEvents;
  /** Channels live elsewhere now, and are subscribed there. */
  readonly handleMoved: () => void;
}

interface Master {
  readonly shard: RedisShard;
  readonly address: RedisAddress;
}

interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly master: RedisAddress;
}

export class ClusterShards implements ShardMap {
  readonly #options: ClusterOptions;
  /** By host:port. */
  readonly #masters = new Map<string, Master>();
  #slots: readonly (RedisShard | undefined)[] = [];
  #refreshing: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  get shards(): readonly RedisShard[] {
    return [...this.#masters.values()].map(({ shard }) => shard);
  }

  async start(): Promise<void> {
    await this.refresh();
  }

  stop(): void {
    this.#isStopped = true;
  }

  shardOf(name: string): RedisShard {
    const found = this.#slots[slotOf(name)] ?? this.shards[0];
    if (found === undefined) throw new RedisUnavailableError('the cluster is not known yet');
    return found;
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#discover().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #discover(): Promise<void> {
    const reasons: string[] = [];
    for (const ask of this.#witnesses()) {
      try {
        const ranges = await ask();
        if (ranges.length === 0) throw new Error('no slots are served');
        if (!this.#isStopped) await this.#apply(ranges);
        return;
      } catch (error) {
        reasons.push(asError(error).message);
      }
    }
    throw new RedisUnavailableError(`no node of the cluster answered: ${reasons.join('; ')}`);
  }

  /** Nodes that are connected first, then by a connection of its own those that were configured. */
  *#witnesses(): Generator<() => Promise<SlotRange[]>> {
    for (const { shard, address } of this.#masters.values()) {
      if (!shard.isConnected) continue;
      yield async () => readSlotRanges(await shard.command('CLUSTER', 'SLOTS'), address);
    }
    for (const seed of this.#options.seeds) yield () => this.#askSeed(seed);
  }

  async #askSeed(address: RedisAddress): Promise<SlotRange[]> {
    const { limits } = this.#options.events.shared;
    const client = openClient(address, { name: 'carillon-discovery', limits });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return readSlotRanges(await client.sendCommand(['CLUSTER', 'SLOTS']), address);
    } finally {
      client.destroy();
    }
  }

  async #apply(ranges: readonly SlotRange[]): Promise<void> {
    const known = new Set(this.shards);
    const slots: (RedisShard | undefined)[] = [];
    /** With one slot of each. */
    const serving = new Map<RedisShard, number>();
    for (const { from, to, master } of ranges) {
      const shard = this.#shardAt(master);
      for (let slot = from; slot <= to; slot += 1) slots[slot] = shard;
      serving.set(shard, from);
    }
    this.#slots = slots;
    for (const [shard, slot] of serving) {
      if (!known.has(shard)) shard.start(this.#probeChannelIn(slot));
      else if (this.shardOf(shard.probeChannel) !== shard) {
        shard.probeOn(this.#probeChannelIn(slot));
      }
    }
    const gone = this.shards.filter((shard) => !serving.has(shard));
    for (const shard of gone) this.#masters.delete(shard.name);
    await this.#moveSubscriptions([...this.shards, ...gone]);
    for (const shard of gone) shard.close();
  }

  #shardAt(address: RedisAddress): RedisShard {
    const name = addressName(address);
    const known = this.#masters.get(name);
    if (known !== undefined) return known.shard;
    const shard = new RedisShard({
      ...this.#options.events,
      name,
      address: () => address,
      isSharded: true,
      mustBeMaster: false,
    });
    this.#masters.set(name, { shard, address });
    return shard;
  }

  async #moveSubscriptions(shards: readonly RedisShard[]): Promise<void> {
    const confirmed: Promise<void>[] = [];
    for (const shard of shards) {
      for (const [channel, handler] of shard.subscriptions.channels()) {
        const owner = this.shardOf(channel);
        if (owner === shard || channel === shard.probeChannel) continue;
        confirmed.push(Promise.resolve(owner.subscriptions.subscribe(channel, handler)));
        void shard.subscriptions.unsubscribe(channel);
      }
    }
    await Promise.all(confirmed);
    if (confirmed.length > 0) this.#options.handleMoved();
  }

  /** Tries tags until one falls to the server of this slot. */
  #probeChannelIn(slot: number): string {
    const { prefix, events } = this.#options;
    for (let tag = 0; ; tag += 1) {
      const channel = probeChannelOf(prefix, events.shared.nodeId, tag);
      if (this.#slots[slotOf(channel)] === this.#slots[slot]) return channel;
    }
  }
}

/** Understands the answer to CLUSTER SLOTS; the nodes are reached as `asked` was (TLS, password). */
function readSlotRanges(answer: unknown, asked: RedisAddress): SlotRange[] {
  const { database: _, ...access } = asked;
  return listOf(answer).map((range) => {
    const [from, to, master] = listOf(range);
    const [host, port] = listOf(master);
    // An empty name: the node does not know its own, it is the one that was asked.
    const name = typeof host === 'string' && host !== '' && host !== '?' ? host : asked.host;
    return {
      from: Number(from),
      to: Number(to),
      master: { ...access, host: name, port: Number(port) },
    };
  });
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
