/**
 * Whether one more connection may become ready. The limit of the process is decided here, the
 * user's by the directory, which sees the whole cluster. The texts are the close reasons that
 * plain clients test for.
 */
import { DISCONNECTS, fail, ok, PLAIN_CLOSES } from '@carillon/protocol';
import type { Outcome } from '@carillon/protocol';
import type { Entry, UserLimit } from '../ports/connection-directory.ts';
import type { Eventually } from '../ports/eventually.ts';
import type { ConnectionInfo } from '../ports/server-api.ts';
import type { CoreContext } from './core-context.ts';
import type { CoreLimits } from './limits.ts';

const NO_LIMIT: UserLimit = { maxConnections: 0, policy: 'reject' };

const FULL = fail('limit_exceeded', PLAIN_CLOSES.full.reason);
const TOO_MANY = fail('limit_exceeded', PLAIN_CLOSES.too_many_connections.reason);

export const userLimitOf = (limits: CoreLimits): UserLimit => ({
  maxConnections: limits.maxConnectionsPerUser,
  policy: limits.tooManyConnectionsPolicy,
});

/** May end the user's oldest connections to make room, where the policy says so. */
export function admit(connection: ConnectionInfo, context: CoreContext): Eventually<Outcome<void>> {
  const { directory, limits, registry, userLimit } = context;
  if (registry.size >= limits.maxConnections) return FULL;
  const entry = directory.enter(connection, connection.user === '' ? NO_LIMIT : userLimit);
  if (!(entry instanceof Promise)) return settle(entry, context);
  registry.beginEntering();
  return entry.finally(() => registry.endEntering()).then((answer) => settle(answer, context));
}

function settle(entry: Entry, context: CoreContext): Outcome<void> {
  if (!entry.isAdmitted) return TOO_MANY;
  for (const oldest of entry.evict) evict(oldest, context);
  return ok(undefined);
}

/** Here at once; elsewhere by an order, and a connection that is gone already obeys none. */
function evict({ user, connectionId }: ConnectionInfo, context: CoreContext): void {
  const session = context.registry.session(connectionId);
  if (session !== undefined) {
    session.disconnect(DISCONNECTS.connection_limit);
    return;
  }
  const order = { type: 'disconnect', user, client: connectionId } as const;
  context.controlBus.send({ ...order, ...DISCONNECTS.connection_limit }).catch((error: unknown) => {
    context.logger.warn({ err: error, user }, "a user's oldest connection could not be ended");
  });
}
