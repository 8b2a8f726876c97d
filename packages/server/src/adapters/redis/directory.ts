/**
 * Who is connected, on any node, in Redis: a hash per node and the literal set `ws:online_users`
 * (see directory-scripts.ts). Nothing is refreshed per connection: entries live as long as their
 * node does (node-registry.ts). While Redis is away it answers for this node, from the core's own
 * registry, and admits by what is known here; on return everything is entered again.
 */
import type {
  ConnectionDirectory,
  DirectoryQuery,
  Entry,
  LocalConnections,
  UserLimit,
} from '../../ports/connection-directory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeviceType } from '../../ports/connection-handler.ts';
import type { Eventually } from '../../ports/eventually.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ConnectionInfo, ConnectionTotals } from '../../ports/server-api.ts';
import { byAge, connectionsOf, countLines, lineOf } from './directory-entries.ts';
import {
  ENTER,
  FIND_CONNECTION,
  FIND_USER,
  LEAVE,
  ONLINE_USERS,
  RESTORE,
} from './directory-scripts.ts';
import { admitLocally, NOWHERE } from './directory-local-answers.ts';
import { EnteringConnections } from './directory-entering.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface RedisDirectoryOptions {
  readonly connections: RedisConnections;
  /** Started before the directory; closed with it. */
  readonly registry: NodeRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
}

const RESTORE_BATCH = 300;
const USERS_PER_QUESTION = 5_000;
const SCAN_COUNT = '1000';

export function createRedisDirectory(options: RedisDirectoryOptions): ConnectionDirectory {
  return new RedisDirectory(options);
}

class RedisDirectory implements ConnectionDirectory {
  readonly #options: RedisDirectoryOptions;
  readonly #entering: EnteringConnections;
  #local: LocalConnections = NOWHERE;

  constructor(options: RedisDirectoryOptions) {
    this.#options = options;
    this.#entering = new EnteringConnections(options.clock, () => options.registry.doubt());
    options.registry.onRenewed((incarnation) => this.#restore(incarnation));
  }

  async start(local: LocalConnections): Promise<void> {
    this.#local = local;
    await this.#restore(this.#options.registry.incarnation).catch(this.#doubt);
  }

  enter(connection: ConnectionInfo, limit: UserLimit): Eventually<Entry> {
    if (!this.#isReachable) return admitLocally(this.#local, connection, limit);
    return this.#entering.add(connection, this.#ask(connection, limit), () =>
      admitLocally(this.#local, connection, limit),
    );
  }

  leave(connection: ConnectionInfo): void {
    this.#entering.remove(connection.connectionId);
    if (!this.#isReachable) return;
    this.#run(LEAVE, [
      this.#options.registry.incarnation,
      connection.user,
      connection.connectionId,
    ]).catch(this.#doubt);
  }

  onlineAmong(users: readonly string[]): Eventually<ReadonlySet<string>> {
    const here = (): ReadonlySet<string> =>
      new Set(users.filter((user) => this.#local.find({ user }).some((each) => !each.isGuest)));
    if (users.length === 0) return new Set();
    return this.#answer(() => this.#membersAmong(users), here);
  }

  find(query: DirectoryQuery): Eventually<readonly ConnectionInfo[]> {
    return this.#answer(
      () => this.#find(query),
      () => this.#local.find(query),
    );
  }

  totals(): Eventually<ConnectionTotals> {
    return this.#answer(
      () => this.#countAll(),
      () => this.#local.totals(),
    );
  }

  async close(): Promise<void> {
    this.#entering.close();
    await this.#options.registry.close();
    this.#local = NOWHERE;
  }

  get #isReachable(): boolean {
    return this.#options.connections.shardOf(ONLINE_USERS).isConnected;
  }

  /** Redis's answer, or this node's own where there is none. */
  #answer<T>(ask: () => Promise<T>, here: () => T): Eventually<T> {
    if (!this.#isReachable) return here();
    return ask().catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'the directory answers for its own node');
      return here();
    });
  }

  async #ask(connection: ConnectionInfo, limit: UserLimit): Promise<Entry> {
    const { registry } = this.#options;
    const { user, connectionId } = connection;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await this.#run(ENTER, [
        registry.incarnation,
        user,
        connectionId,
        lineOf(connection),
        String(limit.maxConnections),
        limit.policy,
        String(registry.silentAfterMs),
        String(registry.keepMs),
      ]);
      if (answer === 0) return { isAdmitted: false };
      if (Array.isArray(answer)) {
        return { isAdmitted: true, evict: connectionsOf(user, answer.join('\n')) };
      }
      // Redis knows nothing of this node: it lost its data, or this process stood still too long.
      await registry.renew();
    }
    throw new Error('this node is not alive for Redis');
  }

  async #membersAmong(users: readonly string[]): Promise<ReadonlySet<string>> {
    const online = new Set<string>();
    const { connections } = this.#options;
    await Promise.all(
      slices(users, USERS_PER_QUESTION).map(async (some) => {
        const flags = listOf(
          await connections.command(ONLINE_USERS, ['SMISMEMBER', ONLINE_USERS, ...some]),
        );
        some.forEach((user, index) => flags[index] === 1 && online.add(user));
      }),
    );
    return online;
  }

  async #find(query: DirectoryQuery): Promise<readonly ConnectionInfo[]> {
    if ('user' in query) {
      const lines = listOf(await this.#run(FIND_USER, [query.user]));
      return connectionsOf(query.user, lines.join('')).toSorted(byAge);
    }
    if ('connectionId' in query) {
      const { connectionId } = query;
      const [user, lines] = listOf(await this.#run(FIND_CONNECTION, [connectionId])).map(String);
      return connectionsOf(user ?? '', lines ?? '').filter(
        (each) => each.connectionId === connectionId,
      );
    }
    return this.#findDevices(query.deviceType);
  }

  async #findDevices(deviceType: DeviceType): Promise<readonly ConnectionInfo[]> {
    const found = new Map<string, ConnectionInfo>();
    await this.#walk((user, lines) => {
      if (!lines.includes(deviceType)) return;
      for (const each of connectionsOf(user, lines)) {
        if (each.deviceType === deviceType) found.set(each.connectionId, each);
      }
    });
    return [...found.values()].toSorted(byAge);
  }

  async #countAll(): Promise<ConnectionTotals> {
    const byNode = new Map<string, { connections: number; ofUser: number; user: string }>();
    await this.#walk((user, lines, node) => {
      byNode.set(`${node}\n${user}`, { ...countLines(lines), user });
    });
    const byUser = new Map<string, number>();
    let connections = 0;
    for (const each of byNode.values()) {
      connections += each.connections;
      if (each.ofUser > 0) byUser.set(each.user, (byUser.get(each.user) ?? 0) + each.ofUser);
    }
    return { users: byUser.size, connections, byUser };
  }

  /** A scan may show a user twice; it never leaves out one who stays. */
  async #walk(look: (user: string, lines: string, node: string) => void): Promise<void> {
    const { connections, registry } = this.#options;
    const live = await registry.askLive();
    await Promise.all(
      [...live].map(async (node) => {
        const key = `${registry.prefix}users:${node}`;
        let cursor = '0';
        do {
          const page = await connections.command(key, ['HSCAN', key, cursor, 'COUNT', SCAN_COUNT]);
          const [next, pairs] = listOf(page);
          cursor = String(next);
          const texts = listOf(pairs).map(String);
          for (let index = 0; index + 1 < texts.length; index += 2) {
            look(texts[index] ?? '', texts[index + 1] ?? '', node);
          }
        } while (cursor !== '0');
      }),
    );
  }

  /** What leaves meanwhile is taken out behind the batch it went in with, in the order of commands. */
  async #restore(incarnation: string): Promise<void> {
    let batch: string[] = [];
    const send = async (): Promise<void> => {
      if (batch.length === 0) return;
      const entries = batch;
      batch = [];
      const { keepMs } = this.#options.registry;
      const isAlive = await this.#run(RESTORE, [incarnation, String(keepMs), ...entries]);
      if (isAlive !== 1) throw new Error('this node is not alive for Redis');
    };
    for (const source of [this.#local.connections(), this.#entering.connections()]) {
      for (const each of source) {
        batch.push(each.user, each.connectionId, lineOf(each));
        if (batch.length >= RESTORE_BATCH * 3) await send();
      }
    }
    await send();
  }

  #run(script: Parameters<RedisConnections['run']>[0], args: readonly string[]): Promise<unknown> {
    const { connections, registry } = this.#options;
    return connections.run(script, registry.keys, [registry.prefix, ...args]);
  }

  readonly #doubt = (error: unknown): void => {
    this.#options.registry.doubt();
    this.#options.logger.debug({ err: error }, 'the directory will be entered again');
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function slices<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}
