/** A node as its directory sees it: enters connections as the core does, and can list them. */
import type {
  ConnectionDirectory,
  DirectoryQuery,
  Entry,
  LocalConnections,
  UserLimit,
} from '../../../server/src/ports/connection-directory.ts';
import type { ConnectionInfo, ConnectionTotals } from '../../../server/src/ports/server-api.ts';

export class ContractNode implements LocalConnections {
  readonly directory: ConnectionDirectory;
  readonly #ready: ConnectionInfo[] = [];

  constructor(directory: ConnectionDirectory) {
    this.directory = directory;
  }

  /** As the core does: listed once it was admitted. The evicted leave when they are told. */
  async connect(connection: ConnectionInfo, limit: UserLimit): Promise<Entry> {
    const entered = this.directory.enter(connection, limit);
    const entry = entered instanceof Promise ? await entered : entered;
    if (entry.isAdmitted) this.#ready.push(connection);
    return entry;
  }

  disconnect(connection: ConnectionInfo): void {
    const index = this.#ready.indexOf(connection);
    if (index >= 0) this.#ready.splice(index, 1);
    this.directory.leave(connection);
  }

  connections(): Iterable<ConnectionInfo> {
    return [...this.#ready];
  }

  countOf(user: string): number {
    return this.find({ user }).length;
  }

  find(query: DirectoryQuery): readonly ConnectionInfo[] {
    return this.#ready.filter((each) => {
      if ('user' in query) return each.user === query.user;
      if ('connectionId' in query) return each.connectionId === query.connectionId;
      return each.deviceType === query.deviceType;
    });
  }

  totals(): ConnectionTotals {
    const byUser = new Map<string, number>();
    for (const { user, isGuest } of this.#ready) {
      if (user !== '' && isGuest !== true) byUser.set(user, (byUser.get(user) ?? 0) + 1);
    }
    return { users: byUser.size, connections: this.#ready.length, byUser };
  }
}
