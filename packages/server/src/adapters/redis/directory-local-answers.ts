/** How one node decides alone, while Redis is away: by its own connections. */
import type { Entry, LocalConnections, UserLimit } from '../../ports/connection-directory.ts';
import type { ConnectionInfo } from '../../ports/server-api.ts';

export const NOWHERE: LocalConnections = {
  connections: () => [],
  countOf: () => 0,
  find: () => [],
  totals: () => ({ users: 0, connections: 0, byUser: new Map() }),
};

export function admitLocally(
  local: LocalConnections,
  { user }: ConnectionInfo,
  { maxConnections, policy }: UserLimit,
): Entry {
  const excess = maxConnections <= 0 ? 0 : local.countOf(user) + 1 - maxConnections;
  if (excess <= 0) return { isAdmitted: true, evict: [] };
  if (policy === 'reject') return { isAdmitted: false };
  return { isAdmitted: true, evict: local.find({ user }).slice(0, excess) };
}
