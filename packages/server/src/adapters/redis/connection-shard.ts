/**
 * One Redis server: exactly one connection for commands and one for PUB/SUB, however many channels
 * and clients there are. It asks itself all the time whether what it publishes comes back, because
 * a PUB/SUB connection can be dead without anybody being told.
 */
import type { RedisConnectionOptions, RedisAddress, RedisLimits } from './connection-options.ts';
import { asError, RedisLink, RedisUnavailableError, type RedisClient } from './connection-link.ts';
import type { RedisArgument, RedisScript } from './connection-script.ts';
import { Subscriptions } from './connection-subscriptions.ts';

export interface ShardOptions {
  /** For logs and metrics: host:port. */
  readonly name: string;
  readonly address: () => RedisAddress | Promise<RedisAddress>;
  /** Redis Cluster: PUB/SUB goes by slot. */
  readonly isSharded: boolean;
  /** Answers are taken from a master only (Sentinel). */
  readonly mustBeMaster: boolean;
  readonly shared: Pick<
    RedisConnectionOptions,
    'nodeId' | 'clock' | 'random' | 'logger' | 'metrics'
  > & { readonly limits: RedisLimits };
  readonly handleConnected: (shard: RedisShard) => void;
  readonly handleLost: (shard: RedisShard) => void;
  /** Tried in vain, or told that what it was asked for lives elsewhere. */
  readonly handleTrouble: (shard: RedisShard) => void;
}

const MAX_MISSED_PROBES = 2;
const CHECK_TIMEOUT_MS = 2_000;
/** A tenth of what one Redis was seen to take, for the time a new connection gets. */
const SUBSCRIPTIONS_PER_MS = 20;

export class RedisShard {
  readonly #options: ShardOptions;
  readonly #commands: RedisLink;
  readonly #pubSub: RedisLink;
  readonly subscriptions: Subscriptions;
  /** Scripts that the present connection has been sent whole. */
  #scripts = new Set<RedisScript>();
  #serverId = '';
  #pendingBytes = 0;
  #isConnected = false;
  #lostAtMs: number | undefined;
  #probeChannel = '';
  #probeSentMs: number | undefined;
  #isProbeAnswered = false;
  #missedProbes = 0;
  #cancelProbe: (() => void) | undefined;
  lastError: Error | undefined;

  constructor(options: ShardOptions) {
    this.#options = options;
    const { clock, logger } = options.shared;
    this.subscriptions = new Subscriptions({
      isSharded: options.isSharded,
      clock,
      logger,
      handleRefused: () => options.handleTrouble(this),
    });
    this.#commands = this.#link('commands', (client) => this.#prepareCommands(client));
    this.#pubSub = this.#link('pubsub', (client) => this.subscriptions.attach(client));
  }

  get probeChannel(): string {
    return this.#probeChannel;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Both connections are there and everything is subscribed. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Identity of the server process that answers: another one may have lost data. '' when it does not tell. */
  get serverId(): string {
    return this.#serverId;
  }

  /** `probeChannel` must live here, and be this process's alone. */
  start(probeChannel: string): void {
    this.probeOn(probeChannel);
    this.#commands.start();
    this.#pubSub.start();
    this.#armProbe();
  }

  /** The old one may have moved to another server. */
  probeOn(channel: string): void {
    if (channel === this.#probeChannel) return;
    void this.subscriptions.unsubscribe(this.#probeChannel);
    this.#probeChannel = channel;
    this.#probeSentMs = undefined;
    void this.subscriptions.subscribe(channel, () => this.#handleProbe());
  }

  /**
   * Runs a script whose keys all live here. Rejects with RedisUnavailableError at once while Redis
   * is away, or when the connection breaks before the answer.
   */
  async run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<unknown> {
    const isKnown = this.#scripts.has(script);
    // The whole text goes ahead of everything that refers to it, in the same order of commands.
    this.#scripts.add(script);
    const rest = [String(keys.length), ...keys, ...args];
    if (!isKnown) return this.#send(['EVAL', script.source, ...rest]);
    try {
      return await this.#send(['EVALSHA', script.sha, ...rest]);
    } catch (error) {
      if (!asError(error).message.startsWith('NOSCRIPT')) throw error;
      return this.#send(['EVAL', script.source, ...rest]);
    }
  }

  /** One command. Rejects as `run` does. */
  command(...args: RedisArgument[]): Promise<unknown> {
    return this.#send(args);
  }

  /** A round trip. Rejects with the reason while a connection is away, or when it takes too long. */
  check(): Promise<void> {
    if (!this.#isConnected) return Promise.reject(this.#unavailable());
    return new Promise((resolve, reject) => {
      const cancel = this.#options.shared.clock.after(CHECK_TIMEOUT_MS, () => {
        reject(new RedisUnavailableError(`Redis ${this.name} does not answer`));
      });
      this.#send(['PING'])
        .finally(cancel)
        .then(() => resolve(), reject);
    });
  }

  close(): void {
    this.#cancelProbe?.();
    this.#isConnected = false;
    this.subscriptions.detach();
    this.#commands.close();
    this.#pubSub.close();
  }

  async #send(args: readonly RedisArgument[]): Promise<unknown> {
    const client = this.#commands.client;
    if (client === undefined) throw this.#unavailable();
    const { maxPendingBytes } = this.#options.shared.limits;
    const bytes = sizeOf(args);
    if (this.#pendingBytes + bytes > maxPendingBytes) {
      throw new RedisUnavailableError(
        `Redis ${this.name}: more than ${maxPendingBytes} bytes wait for it`,
      );
    }
    this.#pendingBytes += bytes;
    try {
      return await client.sendCommand(args);
    } catch (error) {
      throw this.#explain(client, asError(error));
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  #explain(client: RedisClient, error: Error): Error {
    // A master that became a replica; the next attempt finds the new one.
    if (error.message.startsWith('READONLY')) this.#commands.drop(error);
    else if (client.isReady) return error;
    return new RedisUnavailableError(`Redis ${this.name} went away: ${error.message}`);
  }

  #unavailable(): RedisUnavailableError {
    const reason = this.lastError === undefined ? '' : `: ${describe(this.lastError)}`;
    return new RedisUnavailableError(`Redis ${this.name} cannot be reached${reason}`);
  }

  #link(connection: 'commands' | 'pubsub', prepare: (client: RedisClient) => Promise<void>) {
    const { address, shared, name: shard } = this.#options;
    const { clock, random, limits, logger, metrics, nodeId } = shared;
    let isFirst = true;
    return new RedisLink({
      name: `carillon-${connection}-${nodeId.replaceAll(/[^\w.-]/gu, '')}`,
      address,
      prepare,
      timeoutMs: () => limits.connectTimeoutMs + this.subscriptions.size / SUBSCRIPTIONS_PER_MS,
      clock,
      random,
      limits,
      handleConnected: () => {
        if (!isFirst) metrics.count('broker_reconnects_total', 1, { shard, connection });
        isFirst = false;
        this.#update();
      },
      handleLost: (error) => {
        logger.warn({ err: error, shard, connection }, 'a connection to Redis broke');
        this.lastError = error;
        if (connection === 'pubsub') this.subscriptions.detach();
        this.#update();
      },
      handleFailedAttempt: (error, attempts) => {
        this.lastError = error;
        logger.debug({ err: error, shard, connection, attempts }, 'Redis cannot be reached');
        this.#options.handleTrouble(this);
      },
    });
  }

  async #prepareCommands(client: RedisClient): Promise<void> {
    // Also refused while the server still loads its data.
    await client.sendCommand(['PING']);
    if (this.#options.mustBeMaster) {
      const role = await client.sendCommand(['ROLE']);
      if (!Array.isArray(role) || role[0] !== 'master') throw new Error('it is not the master');
    }
    this.#serverId = await readServerId(client);
    this.#scripts = new Set();
  }

  #update(): void {
    const { handleConnected, handleLost, shared, name: shard } = this.#options;
    const isConnected = this.#commands.client !== undefined && this.#pubSub.client !== undefined;
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#probeSentMs = undefined;
    this.#missedProbes = 0;
    if (isConnected) {
      if (this.#lostAtMs !== undefined) {
        const awayMs = Math.round(shared.clock.monotonic() - this.#lostAtMs);
        shared.logger.info({ shard, awayMs }, 'Redis is back');
      }
      handleConnected(this);
    } else {
      this.#lostAtMs = shared.clock.monotonic();
      handleLost(this);
    }
  }

  #armProbe(): void {
    const { clock, limits } = this.#options.shared;
    this.#cancelProbe = clock.after(limits.probeIntervalMs, () => {
      this.#probe();
      this.#armProbe();
    });
  }

  #probe(): void {
    if (!this.#isConnected) return;
    if (this.#probeSentMs !== undefined) {
      this.#missedProbes += 1;
      if (this.#missedProbes >= MAX_MISSED_PROBES) {
        this.#giveUp();
        return;
      }
    }
    const { isSharded, shared } = this.#options;
    this.#probeSentMs = shared.clock.monotonic();
    this.#isProbeAnswered = false;
    this.#send([isSharded ? 'SPUBLISH' : 'PUBLISH', this.#probeChannel, '']).then(
      () => (this.#isProbeAnswered = true),
      () => undefined,
    );
  }

  #handleProbe(): void {
    if (this.#probeSentMs === undefined) return;
    const { clock, metrics } = this.#options.shared;
    const seconds = (clock.monotonic() - this.#probeSentMs) / 1_000;
    metrics.observe('broker_round_trip_seconds', seconds, { shard: this.name });
    this.#probeSentMs = undefined;
    this.#missedProbes = 0;
  }

  #giveUp(): void {
    this.#pubSub.drop(new Error('what is published does not come back'));
    if (!this.#isProbeAnswered) this.#commands.drop(new Error('commands are not answered'));
  }
}

async function readServerId(client: RedisClient): Promise<string> {
  try {
    const info = await client.sendCommand<string>(['INFO', 'server']);
    return /^run_id:(\w+)/mu.exec(info)?.[1]?.slice(0, 12) ?? '';
  } catch {
    // Forbidden by an ACL: a restart that lost data is then seen only where the key itself is gone.
    return '';
  }
}

function sizeOf(args: readonly RedisArgument[]): number {
  let bytes = 0;
  for (const each of args) bytes += each.length;
  return bytes;
}

/** Node puts the reasons of several addresses into an AggregateError with an empty message. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
