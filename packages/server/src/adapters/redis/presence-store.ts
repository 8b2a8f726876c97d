/**
 * Who is in a channel, on any node, in Redis (see presence-scripts.ts). Members live as long as
 * their node does: readers leave out, and clear away, those of a node that died, so nothing is
 * refreshed per member; each channel's keys are kept alive once in a while, a few channels per
 * heartbeat. Keeps this node's own members, to answer alone while Redis is away and to enter them
 * again on return.
 */
import type { ClientInfo } from '@carillon/protocol';
import type { Logger } from '../../ports/logger.ts';
import type { PresenceStats, PresenceStore } from '../../ports/presence-store.ts';
import { clientInfoOf, memberOf, type Member } from './presence-member.ts';
import {
  ADD_MEMBERS,
  COUNT_MEMBERS,
  COUNT_USER,
  KEEP_MEMBERS,
  LIST_MEMBERS,
  PURGE_NODES,
  REMOVE_MEMBER,
} from './presence-scripts.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface RedisPresenceOptions {
  readonly connections: RedisConnections;
  readonly registry: NodeRegistry;
  readonly logger: Logger;
}

interface Room {
  readonly members: Map<string, Member>;
  /** Heartbeats until its keys must be kept alive again. */
  dueAtBeat: number;
}

/** A channel that nobody reads ends so long after its last node died. */
const KEEP_MS = 3_600_000;
/** At 3 s each: 20 minutes. */
const KEEP_EVERY_BEATS = 400;
const KEPT_PER_BEAT = 500;
const RESTORE_BATCH = 200;
const RESTORED_AT_ONCE = 64;

export function createRedisPresenceStore(options: RedisPresenceOptions): PresenceStore {
  return new RedisPresenceStore(options);
}

class RedisPresenceStore implements PresenceStore {
  readonly #options: RedisPresenceOptions;
  /** In the order in which they must be kept alive. */
  readonly #rooms = new Map<string, Room>();
  #beat = 0;
  /** Answers come in the order of the calls. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RedisPresenceOptions) {
    this.#options = options;
    options.registry.onRenewed((incarnation) => this.#restore(incarnation));
    options.registry.onBeat(() => this.#keepSome());
  }

  add(channel: string, info: ClientInfo): Promise<number | undefined> {
    let room = this.#rooms.get(channel);
    if (room === undefined) {
      room = { members: new Map(), dueAtBeat: this.#beat + KEEP_EVERY_BEATS };
      this.#rooms.set(channel, room);
    }
    const member = memberOf(info);
    room.members.set(info.client, member);
    const added = this.#addAll(channel, this.#options.registry.incarnation, [member]);
    return this.#counted(channel, member.user, added);
  }

  remove(channel: string, { client }: ClientInfo): Promise<number | undefined> {
    const room = this.#rooms.get(channel);
    const member = room?.members.get(client);
    if (room === undefined || member === undefined) return Promise.resolve(undefined);
    room.members.delete(client);
    if (room.members.size === 0) this.#rooms.delete(channel);
    const args = [this.#options.registry.incarnation, client, member.user];
    return this.#counted(channel, member.user, this.#run(REMOVE_MEMBER, channel, args));
  }

  async list(channel: string): Promise<readonly ClientInfo[]> {
    try {
      const answer = await this.#run(LIST_MEMBERS, channel, []);
      const members: ClientInfo[] = [];
      for (const [node, flat] of await this.#alive(channel, pairsOf(listOf(answer)))) {
        void node;
        for (const [client, value] of pairsOf(listOf(flat))) {
          const info = clientInfoOf(String(client), String(value));
          if (info !== undefined) members.push(info);
        }
      }
      return members;
    } catch (error) {
      this.#logLocal(error);
      return this.#here(channel).map(([client, { value }]) => {
        return clientInfoOf(client, value) ?? { user: '', client };
      });
    }
  }

  async stats(channel: string): Promise<PresenceStats> {
    try {
      const [users, ...nodes] = listOf(await this.#run(COUNT_MEMBERS, channel, []));
      const all = pairsOf(nodes);
      const alive = await this.#alive(channel, all);
      // Users of a node that died are counted no more after its purge: ask once more.
      if (alive.length < all.length) return await this.#recount(channel);
      return { clients: sum(alive), users: Number(users) };
    } catch (error) {
      this.#logLocal(error);
      const members = this.#here(channel);
      return {
        clients: members.length,
        users: new Set(members.map(([, { user }]) => user)).size,
      };
    }
  }

  close(): Promise<void> {
    this.#rooms.clear();
    return Promise.resolve();
  }

  /** The user's connections after a change; undefined while Redis is away. */
  #counted(channel: string, user: string, changed: Promise<unknown>): Promise<number | undefined> {
    const counted = this.#count(channel, user, changed).catch((error: unknown) => {
      this.#doubt(error);
      return undefined;
    });
    const inTurn = this.#last.then(() => counted);
    this.#last = inTurn;
    return inTurn;
  }

  async #count(channel: string, user: string, changed: Promise<unknown>): Promise<number> {
    const [count, ...nodes] = listOf(await changed);
    const all = nodes.map((node) => [node, 0] as const);
    const alive = await this.#alive(channel, all);
    // Of those that are left some were a dead node's, and are cleared away now.
    if (alive.length < all.length) return Number(await this.#run(COUNT_USER, channel, [user]));
    return Number(count);
  }

  async #recount(channel: string): Promise<PresenceStats> {
    const [users, ...nodes] = listOf(await this.#run(COUNT_MEMBERS, channel, []));
    return { clients: sum(pairsOf(nodes)), users: Number(users) };
  }

  /**
   * Leaves out what belongs to nodes that died. One that is not known here may be new: it is asked
   * for before anything is cleared away.
   */
  async #alive(
    channel: string,
    shares: readonly (readonly [unknown, unknown])[],
  ): Promise<readonly (readonly [unknown, unknown])[]> {
    const { registry } = this.#options;
    const unknown = shares.filter(([node]) => !registry.live.has(String(node)));
    if (unknown.length === 0) return shares;
    const live = await registry.askLive();
    const dead = unknown.map(([node]) => String(node)).filter((node) => !live.has(node));
    if (dead.length === 0) return shares;
    await this.#run(PURGE_NODES, channel, dead);
    return shares.filter(([node]) => live.has(String(node)));
  }

  async #restore(incarnation: string): Promise<void> {
    let atOnce: Promise<unknown>[] = [];
    for (const [channel, { members }] of this.#rooms) {
      const all = [...members.values()];
      for (let from = 0; from < all.length; from += RESTORE_BATCH) {
        atOnce.push(this.#addAll(channel, incarnation, all.slice(from, from + RESTORE_BATCH)));
        if (atOnce.length < RESTORED_AT_ONCE) continue;
        await Promise.all(atOnce);
        atOnce = [];
      }
    }
    await Promise.all(atOnce);
  }

  /** Busy rooms are kept alive by whoever comes in as well; this is for those that just stay. */
  #keepSome(): void {
    this.#beat += 1;
    let kept = 0;
    const share = Math.max(KEPT_PER_BEAT, Math.ceil((2 * this.#rooms.size) / KEEP_EVERY_BEATS));
    for (const [channel, room] of this.#rooms) {
      if (room.dueAtBeat > this.#beat || kept >= share) return;
      kept += 1;
      this.#rooms.delete(channel);
      room.dueAtBeat = this.#beat + KEEP_EVERY_BEATS;
      this.#rooms.set(channel, room);
      const args = [this.#options.registry.incarnation, String(KEEP_MS)];
      this.#run(KEEP_MEMBERS, channel, args).catch(this.#doubt);
    }
  }

  #addAll(channel: string, incarnation: string, members: readonly Member[]): Promise<unknown> {
    const entries = members.flatMap(({ client, user, value }) => [client, user, value]);
    return this.#run(ADD_MEMBERS, channel, [incarnation, String(KEEP_MS), ...entries]);
  }

  #run(
    script: Parameters<RedisConnections['run']>[0],
    channel: string,
    args: readonly string[],
  ): Promise<unknown> {
    const { connections } = this.#options;
    const base = `${connections.prefix}:presence:{${tagOf(channel)}}:`;
    return connections.run(script, [`${base}nodes`, `${base}users`], [`${base}of:`, ...args]);
  }

  #here(channel: string): [string, Member][] {
    return [...(this.#rooms.get(channel)?.members ?? [])];
  }

  #logLocal(error: unknown): void {
    this.#options.logger.debug({ err: error }, 'presence answers for its own node');
  }

  readonly #doubt = (error: unknown): void => {
    this.#options.registry.doubt();
    this.#options.logger.debug({ err: error }, 'presence will be entered again');
  };
}

/** A closing brace would end the tag, and keys of one channel could lie apart. */
const tagOf = (channel: string): string =>
  channel.includes('}') ? channel.replaceAll('%', '%25').replaceAll('}', '%7D') : channel;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function pairsOf(flat: readonly unknown[]): [unknown, unknown][] {
  const pairs: [unknown, unknown][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index], flat[index + 1]]);
  }
  return pairs;
}

const sum = (shares: readonly (readonly [unknown, unknown])[]): number =>
  shares.reduce((total, [, count]) => total + Number(count), 0);
