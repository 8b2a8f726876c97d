/**
 * The directory of a single process: every answer is the node's own and is there at once. Keeps
 * nothing itself.
 */
import type {
  ConnectionDirectory,
  DirectoryQuery,
  Entry,
  LocalConnections,
  UserLimit,
} from '../../ports/connection-directory.ts';
import type { ConnectionInfo, ConnectionTotals } from '../../ports/server-api.ts';

/** The port with all answers at hand, so that a caller of this very adapter need not wait. */
export interface LocalDirectory extends ConnectionDirectory {
  enter(connection: ConnectionInfo, limit: UserLimit): Entry;
  onlineAmong(users: readonly string[]): ReadonlySet<string>;
  find(query: DirectoryQuery): readonly ConnectionInfo[];
  totals(): ConnectionTotals;
}

const ADMITTED: Entry = { isAdmitted: true, evict: [] };
const REFUSED: Entry = { isAdmitted: false };

const NOBODY: LocalConnections = {
  connections: () => [],
  countOf: () => 0,
  find: () => [],
  totals: () => ({ users: 0, connections: 0, byUser: new Map() }),
};

export function createLocalDirectory(): LocalDirectory {
  let local = NOBODY;
  return {
    start(connections) {
      local = connections;
      return Promise.resolve();
    },
    enter({ user }, { maxConnections, policy }) {
      if (maxConnections <= 0) return ADMITTED;
      const excess = local.countOf(user) + 1 - maxConnections;
      if (excess <= 0) return ADMITTED;
      if (policy === 'reject') return REFUSED;
      return { isAdmitted: true, evict: local.find({ user }).slice(0, excess) };
    },
    leave() {},
    onlineAmong: (users) => new Set(users.filter((user) => local.countOf(user) > 0)),
    find: (query) => local.find(query),
    totals: () => local.totals(),
    close() {
      local = NOBODY;
      return Promise.resolve();
    },
  };
}
