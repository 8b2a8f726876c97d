/**
 * All that a process has to do with Redis goes through here: which server keeps a key or carries a
 * channel, whatever the topology, over a number of connections that depends on the number of
 * servers alone. Knows no broker, no presence, no directory.
 *
 * Names decide where something lives: what stands between the first braces of a key or a channel
 * is hashed, so give keys that belong together the same `{tag}`.
 */
import type { Eventually } from '../../ports/eventually.ts';
import { ClusterShards } from './connection-cluster.ts';
import { asError, RedisUnavailableError } from './connection-link.ts';
import {
  DEFAULT_REDIS_LIMITS,
  DEFAULT_REDIS_PREFIX,
  settingNameOf,
  topologyOf,
} from './connection-options.ts';
import type { RedisConnectionOptions, RedisLimits } from './connection-options.ts';
import type { RedisArgument, RedisScript } from './connection-script.ts';
import type { RedisShard } from './connection-shard.ts';
import { createFixedShards, type ShardEvents, type ShardMap } from './connection-shards.ts';
import type { MessageHandler } from './connection-subscriptions.ts';

export type ScriptArguments =
  | readonly RedisArgument[]
  | ((shard: RedisShard) => readonly RedisArgument[]);

export interface RedisConnections {
  /** First part of keys and channels. */
  readonly prefix: string;
  /** Publish to channels of `subscribe` with this command: SPUBLISH in a cluster. */
  readonly publishCommand: 'PUBLISH' | 'SPUBLISH';
  /** The servers (masters) of now, in no particular order. */
  readonly shards: readonly RedisShard[];
  /** All shards can be reached, and everything is subscribed. */
  readonly isConnected: boolean;
  /** The server that keeps this key or carries this channel. */
  shardOf(name: string): RedisShard;
  /**
   * Runs a script where its first key lives; all keys must carry the same tag. Rejects with
   * RedisUnavailableError at once while that server is away, or when the connection breaks before
   * the answer: then it may or may not have run. `args` may depend on the server that is asked.
   */
  run(
    script: RedisScript,
    keys: readonly [string, ...string[]],
    args: ScriptArguments,
  ): Promise<unknown>;
  /** One command, where `key` lives. Rejects as `run` does. */
  command(key: string, args: readonly RedisArgument[]): Promise<unknown>;
  /** To whoever subscribed with `subscribe`, in any process. Rejects as `run` does. */
  publish(channel: string, message: RedisArgument): Promise<void>;
  /**
   * One handler per channel. Resolves (or has happened) when the server confirmed it; while it is
   * away at once, and it is carried out on return. Never rejects.
   */
  subscribe(channel: string, handler: MessageHandler): Eventually<void>;
  unsubscribe(channel: string): Eventually<void>;
  /** By this process, be Redis there or not. */
  isSubscribed(channel: string): boolean;
  /**
   * Plain PUBLISH of any program to channels that match. On several independent servers all of
   * them are listened to; in a cluster one node, which hears everything.
   */
  subscribePattern(pattern: string, handler: MessageHandler): Promise<void>;
  /** A plain PUBLISH for other programs, also in a cluster. Rejects as `run` does. */
  announce(channel: string, message: RedisArgument): Promise<void>;
  /** Called whenever a server is back, or channels moved to another, and everything is subscribed again. */
  onReconnected(listener: () => void): () => void;
  onLost(listener: () => void): () => void;
  /** A round trip to every shard; rejects with the reason. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Resolves when all shards are connected. @throws Error naming the setting: at once where it cannot
 * be understood or the password is refused, after `startTimeoutMs` where nobody answers.
 */
export async function createRedisConnections(
  options: RedisConnectionOptions,
): Promise<RedisConnections> {
  const connections = new Connections(options);
  try {
    await connections.start();
    return connections;
  } catch (error) {
    await connections.close();
    throw new Error(`${settingNameOf(options)}: ${asError(error).message}`, { cause: error });
  }
}

const MAX_REDIRECTS = 3;
/** Between two looks at a cluster that has changed or cannot be reached. */
const REFRESH_PAUSE_MS = 300;

class Connections implements RedisConnections {
  readonly prefix: string;
  readonly publishCommand: 'PUBLISH' | 'SPUBLISH';
  readonly #options: RedisConnectionOptions;
  readonly #limits: RedisLimits;
  readonly #isCluster: boolean;
  readonly #map: ShardMap & { stop?(): void };
  readonly #patterns = new Map<string, MessageHandler>();
  /** Where the patterns are subscribed in a cluster. */
  #patternShard: RedisShard | undefined;
  #homing: Promise<void> = Promise.resolve();
  readonly #reconnectedListeners = new Set<() => void>();
  readonly #lostListeners = new Set<() => void>();
  #isStarted = false;
  /** Patience does not help against a wrong password. */
  #isRefused = false;
  #isClosed = false;
  #wakeStart: () => void = () => undefined;
  #cancelRefresh: (() => void) | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.prefix = options.prefix ?? DEFAULT_REDIS_PREFIX;
    if (/[{}]/u.test(this.prefix))
      throw new Error('REDIS_PREFIX: braces have a meaning of their own');
    this.#limits = { ...DEFAULT_REDIS_LIMITS, ...options.limits };
    const topology = topologyOf(options);
    this.#isCluster = topology.kind === 'cluster';
    this.publishCommand = this.#isCluster ? 'SPUBLISH' : 'PUBLISH';
    const events: ShardEvents = {
      shared: { ...options, limits: this.#limits },
      handleConnected: () => this.#handleConnected(),
      handleLost: () => this.#handleLost(),
      handleTrouble: (shard) => this.#handleTrouble(shard),
    };
    const { prefix } = this;
    this.#map =
      topology.kind === 'cluster'
        ? new ClusterShards({
            seeds: topology.addresses,
            prefix,
            events,
            handleMoved: () => this.#handleConnected(),
          })
        : createFixedShards(topology, events, { prefix, password: options.password });
  }

  get shards(): readonly RedisShard[] {
    return this.#map.shards;
  }

  get isConnected(): boolean {
    const { shards } = this.#map;
    return shards.length > 0 && shards.every((shard) => shard.isConnected);
  }

  async start(): Promise<void> {
    let isLate = false;
    // A timer that keeps the process alive: at the start nothing else may.
    const timer = setTimeout(() => {
      isLate = true;
      this.#wakeStart();
    }, this.#limits.startTimeoutMs);
    try {
      await this.#findShards(() => isLate);
      while (!this.isConnected) {
        if (isLate || this.#isRefused) {
          await this.check();
          throw new RedisUnavailableError('Redis does not answer in time');
        }
        await new Promise<void>((resolve) => (this.#wakeStart = resolve));
      }
      this.#isStarted = true;
    } finally {
      clearTimeout(timer);
    }
  }

  shardOf(name: string): RedisShard {
    return this.#map.shardOf(name);
  }

  run(
    script: RedisScript,
    keys: readonly [string, ...string[]],
    args: ScriptArguments,
  ): Promise<unknown> {
    return this.#at(keys[0], (shard) =>
      shard.run(script, keys, typeof args === 'function' ? args(shard) : args),
    );
  }

  command(key: string, args: readonly RedisArgument[]): Promise<unknown> {
    return this.#at(key, (shard) => shard.command(...args));
  }

  async publish(channel: string, message: RedisArgument): Promise<void> {
    await this.command(channel, [this.publishCommand, channel, message]);
  }

  subscribe(channel: string, handler: MessageHandler): Eventually<void> {
    return this.#map.shardOf(channel).subscriptions.subscribe(channel, handler);
  }

  unsubscribe(channel: string): Eventually<void> {
    return this.#map.shardOf(channel).subscriptions.unsubscribe(channel);
  }

  isSubscribed(channel: string): boolean {
    return this.#map.shardOf(channel).subscriptions.has(channel);
  }

  async subscribePattern(pattern: string, handler: MessageHandler): Promise<void> {
    this.#patterns.set(pattern, handler);
    if (this.#isCluster) this.#patternShard ??= this.shards.find((shard) => shard.isConnected);
    const listening = this.#isCluster
      ? this.shards.filter((shard) => shard === this.#patternShard)
      : this.shards;
    await Promise.all(
      listening.map(({ subscriptions }) => subscriptions.subscribePattern(pattern, handler)),
    );
  }

  async announce(channel: string, message: RedisArgument): Promise<void> {
    const shard = this.#isCluster
      ? this.shards.find((each) => each.isConnected)
      : this.shardOf(channel);
    if (shard === undefined) throw new RedisUnavailableError('no node of the cluster is reachable');
    await shard.command('PUBLISH', channel, message);
  }

  onReconnected(listener: () => void): () => void {
    this.#reconnectedListeners.add(listener);
    return () => this.#reconnectedListeners.delete(listener);
  }

  onLost(listener: () => void): () => void {
    this.#lostListeners.add(listener);
    return () => this.#lostListeners.delete(listener);
  }

  async check(): Promise<void> {
    await Promise.all(this.shards.map((shard) => shard.check()));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRefresh?.();
    this.#map.stop?.();
    for (const shard of this.shards) shard.close();
    return Promise.resolve();
  }

  /** A cluster may have moved the key since it was last looked at. */
  async #at<T>(name: string, action: (shard: RedisShard) => Promise<T>): Promise<T> {
    for (let redirects = 0; ; redirects += 1) {
      try {
        return await action(this.#map.shardOf(name));
      } catch (error) {
        if (redirects >= MAX_REDIRECTS || !asError(error).message.startsWith('MOVED')) throw error;
        await this.#map.refresh();
      }
    }
  }

  async #findShards(isLate: () => boolean): Promise<void> {
    for (;;) {
      try {
        await this.#map.start();
        return;
      } catch (error) {
        if (isLate()) throw error;
        await new Promise<void>((resolve) => {
          this.#options.clock.after(REFRESH_PAUSE_MS, resolve);
        });
      }
    }
  }

  #handleConnected(): void {
    this.#wakeStart();
    if (!this.#isStarted || this.#isClosed) return;
    void this.#homePatterns();
    for (const listener of this.#reconnectedListeners) listener();
  }

  #handleLost(): void {
    if (!this.#isStarted || this.#isClosed) return;
    void this.#homePatterns();
    for (const listener of this.#lostListeners) listener();
  }

  #handleTrouble({ lastError }: RedisShard): void {
    this.#refreshSoon();
    if (this.#isStarted || !/^(NOAUTH|WRONGPASS|NOPERM)/u.test(lastError?.message ?? '')) return;
    this.#isRefused = true;
    this.#wakeStart();
  }

  /** Many may notice at once; one look is enough, and then a pause. */
  #refreshSoon(): void {
    if (!this.#isCluster || this.#isClosed || this.#cancelRefresh !== undefined) return;
    this.#cancelRefresh = this.#options.clock.after(REFRESH_PAUSE_MS, () => {
      this.#cancelRefresh = undefined;
      this.#map.refresh().catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'the cluster cannot be looked at');
      });
    });
  }

  /** In a cluster one node hears what is published on any; it must be one that is there. */
  #homePatterns(): Promise<void> {
    // One move after the other: two at once could leave a pattern with two shards, heard twice.
    this.#homing = this.#homing.then(() => this.#movePatterns());
    return this.#homing;
  }

  async #movePatterns(): Promise<void> {
    const old = this.#patternShard;
    if (!this.#isCluster || (old?.isConnected === true && this.shards.includes(old))) return;
    const next = this.shards.find((shard) => shard.isConnected);
    if (next === undefined || next === old) return;
    this.#patternShard = next;
    for (const [pattern, handler] of this.#patterns) {
      // A connection that breaks meanwhile is told what it shall hear when it is made anew.
      await old?.subscriptions.unsubscribePattern(pattern).catch(() => undefined);
      await next.subscriptions.subscribePattern(pattern, handler).catch(() => undefined);
    }
  }
}
