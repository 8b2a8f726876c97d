/** `/api/ws/notifications` (C1, A5): everything addressed to one verified person, and a heartbeat. */
import { DISCONNECTS } from '@carillon/protocol';
import { userChannel } from '../../domain/channels.ts';
import type { Heartbeat } from '../../ports/connection-handler.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { authenticate, checkPerson } from './admission.ts';
import { createListening } from './listening-conversation.ts';
import { openPlain } from './open-plain.ts';
import type { PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';
import { connectedFrame } from './plain-frames.ts';
import { USER_FORMAT } from './user-format.ts';

/** The frame that opens every endpoint with a token of its own. */
export const sendConnected = (deps: PlainDeps, connection: PlainConnection): void => {
  const { session } = connection;
  session.send(
    connectedFrame({
      connectionId: session.id,
      user: session.user,
      serverTimeMs: deps.clock.now(),
      heartbeatIntervalMs: session.init.heartbeat.intervalMs,
    }),
  );
};

const enter = async (
  deps: PlainDeps,
  connection: PlainConnection,
  request: HandshakeRequest,
): Promise<void> => {
  const identity = await checkPerson(deps, connection, request);
  if (identity === undefined || !(await authenticate(deps, connection, identity))) return;
  const { session } = connection;
  const subscribed = await session.subscribe(userChannel(identity.user), { isServerSide: true });
  if (!connection.isAlive) return;
  if (!subscribed.ok) return session.disconnect(DISCONNECTS.server_error);
  // Only now: who reads `connected` may rely on getting everything from here on.
  sendConnected(deps, connection);
  connection.begin(createListening(deps, connection));
};

export const createNotificationsEndpoint = (
  deps: PlainDeps,
  heartbeat: Heartbeat,
): WebSocketEndpoint => ({
  name: 'notifications',
  path: '/api/ws/notifications',
  open: (socket, request) =>
    openPlain(deps, {
      socket,
      request,
      endpoint: { name: 'notifications', format: USER_FORMAT, heartbeat },
      enter: (connection) => enter(deps, connection, request),
    }),
});
