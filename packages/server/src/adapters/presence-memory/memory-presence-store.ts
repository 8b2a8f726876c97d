/** Presence of a single process. Ends with it, as its connections do. */
import type { ClientInfo } from '@carillon/protocol';
import type { PresenceStats, PresenceStore } from '../../ports/presence-store.ts';

interface Room {
  readonly clients: Map<string, ClientInfo>;
  /** Connections per user, so that counting a big channel is no walk. */
  readonly users: Map<string, number>;
}

export function createMemoryPresenceStore(): PresenceStore {
  return new MemoryPresenceStore();
}

class MemoryPresenceStore implements PresenceStore {
  readonly isLocal = true;
  readonly #rooms = new Map<string, Room>();

  add(channel: string, info: ClientInfo): Promise<number> {
    let room = this.#rooms.get(channel);
    if (room === undefined) {
      room = { clients: new Map(), users: new Map() };
      this.#rooms.set(channel, room);
    }
    if (!room.clients.has(info.client)) {
      room.users.set(info.user, (room.users.get(info.user) ?? 0) + 1);
    }
    room.clients.set(info.client, info);
    return Promise.resolve(room.users.get(info.user) ?? 0);
  }

  remove(channel: string, info: ClientInfo): Promise<number> {
    const room = this.#rooms.get(channel);
    const known = room?.clients.get(info.client);
    if (room === undefined || known === undefined) {
      return Promise.resolve(room?.users.get(info.user) ?? 0);
    }
    room.clients.delete(known.client);
    const left = (room.users.get(known.user) ?? 1) - 1;
    if (left > 0) room.users.set(known.user, left);
    else room.users.delete(known.user);
    if (room.clients.size === 0) this.#rooms.delete(channel);
    return Promise.resolve(left);
  }

  list(channel: string): Promise<readonly ClientInfo[]> {
    return Promise.resolve([...(this.#rooms.get(channel)?.clients.values() ?? [])]);
  }

  stats(channel: string): Promise<PresenceStats> {
    const room = this.#rooms.get(channel);
    return Promise.resolve({ clients: room?.clients.size ?? 0, users: room?.users.size ?? 0 });
  }

  close(): Promise<void> {
    this.#rooms.clear();
    return Promise.resolve();
  }
}
