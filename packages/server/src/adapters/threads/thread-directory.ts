/**
 * Who is connected on any thread. Lives in the main thread, where everything comes in one after
 * another: so the limit of a user's connections holds exactly.
 */
import type { DirectoryQuery, Entry, UserLimit } from '../../ports/connection-directory.ts';
import type { ConnectionInfo, ConnectionTotals } from '../../ports/server-api.ts';

const REFUSED: Entry = { isAdmitted: false };

interface Place {
  readonly connection: ConnectionInfo;
  /** Of the thread it is on. */
  readonly owner: object;
}

export class ThreadDirectory {
  readonly #byId = new Map<string, Place>();
  /** A user's connections, oldest first. */
  readonly #byUser = new Map<string, Map<string, ConnectionInfo>>();

  enter(owner: object, connection: ConnectionInfo, limit: UserLimit): Entry {
    const present = this.#byUser.get(connection.user);
    const excess = limit.maxConnections <= 0 ? 0 : (present?.size ?? 0) + 1 - limit.maxConnections;
    if (excess > 0 && limit.policy === 'reject') return REFUSED;
    const evict = excess > 0 ? [...(present?.values() ?? [])].slice(0, excess) : [];
    // They must go: the next one to come may not count on the same places.
    for (const { connectionId } of evict) this.#remove(connectionId);
    this.#add(owner, connection);
    return { isAdmitted: true, evict };
  }

  leave(connectionId: string): void {
    this.#remove(connectionId);
  }

  /** All of one thread: it has ended. */
  leaveAll(owner: object): void {
    for (const [id, place] of this.#byId) {
      if (place.owner === owner) this.#remove(id);
    }
  }

  onlineAmong(users: readonly string[]): ReadonlySet<string> {
    return new Set(users.filter((user) => this.#byUser.has(user)));
  }

  find(query: DirectoryQuery): readonly ConnectionInfo[] {
    if ('user' in query) return [...(this.#byUser.get(query.user)?.values() ?? [])];
    if ('connectionId' in query) {
      const place = this.#byId.get(query.connectionId);
      return place === undefined ? [] : [place.connection];
    }
    const found: ConnectionInfo[] = [];
    for (const { connection } of this.#byId.values()) {
      if (connection.deviceType === query.deviceType) found.push(connection);
    }
    return found;
  }

  totals(): ConnectionTotals {
    const byUser = new Map<string, number>();
    for (const [user, connections] of this.#byUser) {
      const [first] = connections.values();
      if (user !== '' && first?.isGuest !== true) byUser.set(user, connections.size);
    }
    return { users: byUser.size, connections: this.#byId.size, byUser };
  }

  #add(owner: object, connection: ConnectionInfo): void {
    const { connectionId, user } = connection;
    this.#byId.set(connectionId, { connection, owner });
    const connections = this.#byUser.get(user);
    if (connections === undefined) this.#byUser.set(user, new Map([[connectionId, connection]]));
    else connections.set(connectionId, connection);
  }

  #remove(connectionId: string): void {
    const place = this.#byId.get(connectionId);
    if (place === undefined) return;
    this.#byId.delete(connectionId);
    const { user } = place.connection;
    const connections = this.#byUser.get(user);
    connections?.delete(connectionId);
    if (connections?.size === 0) this.#byUser.delete(user);
  }
}
