/**
 * Presence across nodes: each keeps the members it has itself, and asks the others when somebody
 * wants to know. So a list is never stale, a dead node's members end with it, and coming back after
 * a lost NATS needs no entering again.
 */
import type { ClientInfo } from '@carillon/protocol';
import type { PresenceStats, PresenceStore } from '../../ports/presence-store.ts';
import type { NodeQuestions } from './node-questions.ts';

const LIST = 'presence';
const STATS = 'presence-stats';

/** A user of a channel on one node, with so many connections. */
type UserCount = readonly [user: string, connections: number];

export interface PresenceDependencies {
  readonly questions: NodeQuestions;
  readonly timeoutMs: number;
}

export function createNatsPresenceStore(dependencies: PresenceDependencies): PresenceStore {
  return new NatsPresenceStore(dependencies);
}

class NatsPresenceStore implements PresenceStore {
  readonly #dependencies: PresenceDependencies;
  readonly #channels = new Map<string, Map<string, ClientInfo>>();
  readonly #endings: readonly (() => void)[];

  constructor(dependencies: PresenceDependencies) {
    this.#dependencies = dependencies;
    const { questions } = dependencies;
    this.#endings = [
      questions.answer(LIST, (channel) => this.#members(String(channel))),
      questions.answer(STATS, (channel) => this.#userCounts(String(channel))),
    ];
  }

  add(channel: string, info: ClientInfo): Promise<void> {
    const clients = this.#channels.get(channel) ?? new Map<string, ClientInfo>();
    this.#channels.set(channel, clients);
    clients.set(info.client, info);
    return Promise.resolve();
  }

  remove(channel: string, info: ClientInfo): Promise<void> {
    const clients = this.#channels.get(channel);
    clients?.delete(info.client);
    if (clients?.size === 0) this.#channels.delete(channel);
    return Promise.resolve();
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

  close(): Promise<void> {
    for (const end of this.#endings) end();
    this.#channels.clear();
    return Promise.resolve();
  }

  /** Nodes are of one kind: what comes back is what `answer` gives there. */
  async #ask<T>(kind: string, channel: string): Promise<readonly T[]> {
    const { questions, timeoutMs } = this.#dependencies;
    return (await questions.ask(kind, channel, timeoutMs)) as readonly T[];
  }

  #members(channel: string): readonly ClientInfo[] {
    return [...(this.#channels.get(channel)?.values() ?? [])];
  }

  #userCounts(channel: string): readonly UserCount[] {
    const counts = new Map<string, number>();
    for (const { user } of this.#channels.get(channel)?.values() ?? []) {
      counts.set(user, (counts.get(user) ?? 0) + 1);
    }
    return [...counts];
  }
}
