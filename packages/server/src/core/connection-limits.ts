/** Whether one more connection may become ready. The texts are the close reasons that plain clients test for. */
import { DISCONNECTS, fail, ok, PLAIN_CLOSES } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type { CoreLimits } from './limits.ts';
import type { ClientSession } from './session.ts';
import type { UserRegistry } from './user-registry.ts';

/** May end the user's oldest connection to make room, where the policy says so. */
export function admit(user: string, registry: UserRegistry, limits: CoreLimits): Outcome<void> {
  if (registry.size >= limits.maxConnections) {
    return fail('limit_exceeded', PLAIN_CLOSES.full.reason);
  }
  const { maxConnectionsPerUser } = limits;
  if (user === '' || maxConnectionsPerUser <= 0) return ok(undefined);
  if (registry.countOf(user) < maxConnectionsPerUser) return ok(undefined);
  if (limits.tooManyConnectionsPolicy === 'reject') {
    return fail('limit_exceeded', PLAIN_CLOSES.too_many_connections.reason);
  }
  oldestOf(registry.sessionsOf(user))?.disconnect(DISCONNECTS.connection_limit);
  return ok(undefined);
}

function oldestOf(sessions: readonly ClientSession[]): ClientSession | undefined {
  let oldest: ClientSession | undefined;
  for (const session of sessions) {
    if (oldest === undefined || session.serial < oldest.serial) oldest = session;
  }
  return oldest;
}
