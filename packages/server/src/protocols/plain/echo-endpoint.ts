/** `/ws` (B1): `Echo: <text>`; binary comes back as it was. */
import { TokenBucket } from '../../core/rate-limit.ts';
import type { Heartbeat } from '../../ports/connection-handler.ts';
import { after, type Eventually } from '../../ports/eventually.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { authenticate, checkCredential, isRefusal, type Credential } from './admission.ts';
import { ECHO_FORMAT, echoOfBinary, echoOfText } from './echo-format.ts';
import { openPlain } from './open-plain.ts';
import type { Conversation, PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';

const createEcho = (deps: PlainDeps, connection: PlainConnection): Conversation => {
  const bucket = new TokenBucket(deps.limits.echoRate, deps.clock.monotonic());
  const echo = (message: string): undefined => {
    if (bucket.take(deps.clock.monotonic())) connection.session.send(message);
    else connection.sendError({ error: 'too_many_requests' });
  };
  return {
    handleText: (text) => echo(echoOfText(text)),
    handleBinary: (bytes) => echo(echoOfBinary(bytes)),
  };
};

const begin = (
  deps: PlainDeps,
  connection: PlainConnection,
  credential: Credential,
): Eventually<void> => {
  if (!connection.isAlive) return;
  if (isRefusal(credential)) return connection.session.disconnect(credential);
  const identity = credential === 'anonymous' ? { user: '' } : credential;
  return after(authenticate(deps, connection, identity), (isIn) => {
    if (isIn) connection.begin(createEcho(deps, connection));
  });
};

const enter = (
  deps: PlainDeps,
  connection: PlainConnection,
  request: HandshakeRequest,
): Eventually<void> =>
  after(checkCredential(deps, request, 'open'), (credential) =>
    begin(deps, connection, credential),
  );

export const createEchoEndpoint = (deps: PlainDeps, heartbeat: Heartbeat): WebSocketEndpoint => ({
  name: 'echo',
  path: '/ws',
  open: (socket, request) =>
    openPlain(deps, {
      socket,
      request,
      endpoint: { name: 'echo', format: ECHO_FORMAT, heartbeat },
      enter: (connection) => enter(deps, connection, request),
    }),
});
