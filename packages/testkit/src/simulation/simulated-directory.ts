/** A node's connection directory over a simulated engine: always answers later, as one over a network does. */
import type {
  ConnectionDirectory,
  DirectoryQuery,
  Entry,
  UserLimit,
} from '../../../server/src/ports/connection-directory.ts';
import type { ConnectionInfo } from '../../../server/src/ports/server-api.ts';
import type { Link } from './simulated-engine.ts';

export function createSimulatedDirectory(link: Link): ConnectionDirectory {
  const all = (): readonly ConnectionInfo[] => {
    const links = link.isAway ? [link] : [...link.engine.listed()];
    return links.flatMap((each) => [...each.entered.values()]);
  };
  return {
    start: () => Promise.resolve(),
    enter: (connection, limit) => Promise.resolve(enter(link, connection, { limit, all: all() })),
    leave(connection) {
      link.entered.delete(connection.connectionId);
    },
    onlineAmong(users) {
      const online = new Set(all().map(({ user }) => user));
      return Promise.resolve(new Set(users.filter((user) => online.has(user))));
    },
    find: (query) => Promise.resolve(byAge(all().filter((each) => matches(each, query)))),
    totals() {
      const connections = all();
      const byUser = new Map<string, number>();
      for (const { user, isGuest } of connections) {
        if (user !== '' && isGuest !== true) byUser.set(user, (byUser.get(user) ?? 0) + 1);
      }
      return Promise.resolve({ users: byUser.size, connections: connections.length, byUser });
    },
    close() {
      link.entered.clear();
      return Promise.resolve();
    },
  };
}

function enter(
  link: Link,
  connection: ConnectionInfo,
  { limit, all }: { readonly limit: UserLimit; readonly all: readonly ConnectionInfo[] },
): Entry {
  const { maxConnections, policy } = limit;
  const others = byAge(all.filter(({ user }) => user === connection.user));
  const excess = maxConnections > 0 ? others.length + 1 - maxConnections : 0;
  if (excess > 0 && policy === 'reject') return { isAdmitted: false };
  link.entered.set(connection.connectionId, connection);
  return { isAdmitted: true, evict: others.slice(0, Math.max(0, excess)) };
}

const byAge = (infos: readonly ConnectionInfo[]): readonly ConnectionInfo[] =>
  infos.toSorted((one, two) => one.connectedAt - two.connectedAt);

function matches(info: ConnectionInfo, query: DirectoryQuery): boolean {
  if ('user' in query) return info.user === query.user;
  if ('connectionId' in query) return info.connectionId === query.connectionId;
  return info.deviceType === query.deviceType;
}
