/**
 * Presence across nodes: each keeps the members it has itself, and asks the others when somebody
 * wants to know. So a list is never stale, a dead node's members end with it, and coming back after
 * a lost NATS needs no entering again.
 *
 * How many connections a user has now is asked in the same way. Only in the core's own channels
 * (`$…`), where exactly one of several that race must be the first, it is written down.
 */
import type { ClientInfo } from '@carillon/protocol';
import type { PresenceStats, PresenceStore } from '../../ports/presence-store.ts';
import type { NatsLink } from './nats-link.ts';
import { GatheredQuestion } from './gathered-question.ts';
import type { NodeQuestions } from './node-questions.ts';
import type { SharedLines } from './shared-lines.ts';

const LIST = 'presence';
const STATS = 'presence-stats';
const COUNTS = 'presence-counts';

/** A user of a channel on one node, with so many connections. */
type UserCount = readonly [user: string, connections: number];
/** Of a key made by `keyOf`. */
type KeyCount = readonly [key: string, connections: number];

export interface PresenceDependencies {
  readonly link: NatsLink;
  readonly questions: NodeQuestions;
  readonly marks: SharedLines<null>;
  readonly timeoutMs: number;
}

interface Room {
  readonly clients: Map<string, ClientInfo>;
  readonly users: Map<string, number>;
}

export function createNatsPresenceStore(dependencies: PresenceDependencies): PresenceStore {
  return new NatsPresenceStore(dependencies);
}

class NatsPresenceStore implements PresenceStore {
  readonly #dependencies: PresenceDependencies;
  readonly #rooms = new Map<string, Room>();
  readonly #endings: readonly (() => void)[];
  readonly #counts: GatheredQuestion<ReadonlyMap<string, number>>;
  /** Answers come in the order of the calls. */
  #last: Promise<unknown> = Promise.resolve();
  /** Changes of one mark come one after the other. */
  readonly #changes = new Map<string, Promise<unknown>>();

  constructor(dependencies: PresenceDependencies) {
    this.#dependencies = dependencies;
    const { questions } = dependencies;
    this.#counts = new GatheredQuestion((keys) => this.#countElsewhere(keys));
    this.#endings = [
      questions.answer(LIST, (channel) => this.#members(String(channel))),
      questions.answer(STATS, (channel) => this.#userCounts(String(channel))),
      questions.answer(COUNTS, (keys) => this.#keyCounts(keys as readonly string[])),
    ];
  }

  add(channel: string, info: ClientInfo): Promise<number | undefined> {
    this.#enter(channel, info);
    return this.#inOrder(
      isMark(channel) ? this.#mark(channel, info, true) : this.#count(channel, info.user),
    );
  }

  remove(channel: string, info: ClientInfo): Promise<number | undefined> {
    this.#leave(channel, info);
    return this.#inOrder(
      isMark(channel) ? this.#mark(channel, info, false) : this.#count(channel, info.user),
    );
  }

  async list(channel: string): Promise<readonly ClientInfo[]> {
    const elsewhere = await this.#ask<ClientInfo>(LIST, channel);
    return [...this.#members(channel), ...elsewhere];
  }

  async stats(channel: string): Promise<PresenceStats> {
    const elsewhere = await this.#ask<UserCount>(STATS, channel);
    const users = new Set<string>();
    let clients = 0;
    for (const [user, connections] of [...this.#userCounts(channel), ...elsewhere]) {
      users.add(user);
      clients += connections;
    }
    return { clients, users: users.size };
  }

  async close(): Promise<void> {
    for (const end of this.#endings) end();
    this.#rooms.clear();
    await this.#dependencies.marks.close();
  }

  #enter(channel: string, info: ClientInfo): void {
    let room = this.#rooms.get(channel);
    if (room === undefined) {
      room = { clients: new Map(), users: new Map() };
      this.#rooms.set(channel, room);
    }
    if (!room.clients.has(info.client)) {
      room.users.set(info.user, (room.users.get(info.user) ?? 0) + 1);
    }
    room.clients.set(info.client, info);
  }

  #leave(channel: string, { client }: ClientInfo): void {
    const room = this.#rooms.get(channel);
    const known = room?.clients.get(client);
    if (room === undefined || known === undefined) return;
    room.clients.delete(client);
    const left = (room.users.get(known.user) ?? 1) - 1;
    if (left > 0) room.users.set(known.user, left);
    else room.users.delete(known.user);
    if (room.clients.size === 0) this.#rooms.delete(channel);
  }

  /** Undefined while NATS cannot say; the mark is set right when it is back. */
  #mark(channel: string, info: ClientInfo, isThere: boolean): Promise<number | undefined> {
    const { marks } = this.#dependencies;
    const key = keyOf(channel, info.user);
    const before = this.#changes.get(key) ?? Promise.resolve();
    const change = before.then(async () => {
      try {
        if (!isThere) return await marks.remove(key, info.client);
        const line = { id: info.client, item: null };
        return ((await marks.add(key, line, (others) => others))?.length ?? 0) + 1;
      } catch {
        if (isThere) marks.addLater(key, info.client, null);
        return undefined;
      }
    });
    this.#changes.set(key, change);
    void change.then(() => {
      if (this.#changes.get(key) === change) this.#changes.delete(key);
    });
    return change;
  }

  async #count(channel: string, user: string): Promise<number | undefined> {
    const key = keyOf(channel, user);
    const own = this.#rooms.get(channel)?.users.get(user) ?? 0;
    const elsewhere = await this.#counts.ask([key]);
    return this.#dependencies.link.isUp ? own + (elsewhere.get(key) ?? 0) : undefined;
  }

  async #inOrder<T>(answer: Promise<T>): Promise<T> {
    const before = this.#last;
    this.#last = Promise.all([before, answer]);
    await before;
    return answer;
  }

  async #countElsewhere(keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const [key, connections] of await this.#ask<KeyCount>(COUNTS, keys)) {
      counts.set(key, (counts.get(key) ?? 0) + connections);
    }
    return counts;
  }

  /** Nodes are of one kind: what comes back is what `answer` gives there. */
  async #ask<T>(kind: string, about: unknown): Promise<readonly T[]> {
    const { questions, timeoutMs } = this.#dependencies;
    return (await questions.ask(kind, about, timeoutMs)) as readonly T[];
  }

  #members(channel: string): readonly ClientInfo[] {
    return [...(this.#rooms.get(channel)?.clients.values() ?? [])];
  }

  #userCounts(channel: string): readonly UserCount[] {
    return [...(this.#rooms.get(channel)?.users ?? [])];
  }

  #keyCounts(keys: readonly string[]): readonly KeyCount[] {
    const counts: KeyCount[] = [];
    for (const key of keys) {
      const [channel = '', user = ''] = JSON.parse(key) as readonly string[];
      const connections = this.#rooms.get(channel)?.users.get(user) ?? 0;
      if (connections > 0) counts.push([key, connections]);
    }
    return counts;
  }
}

const keyOf = (channel: string, user: string): string => JSON.stringify([channel, user]);

/** Channels of the core's own. */
const isMark = (channel: string): boolean => channel.startsWith('$');
