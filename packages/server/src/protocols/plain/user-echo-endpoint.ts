/**
 * `/ws/{user_id}` (A10, A5): what one connection of a person says comes back to all of them, and
 * everything addressed to that person arrives.
 */
import { DISCONNECTS, PLAIN_CLOSES } from '@carillon/protocol';
import type { Identity } from '../../ports/authenticator.ts';
import { userChannel } from '../../domain/channels.ts';
import { TokenBucket } from '../../core/rate-limit.ts';
import type { Heartbeat } from '../../ports/connection-handler.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { authenticate, checkCredential, isRefusal, type Credential } from './admission.ts';
import { isLongerThan, readName } from './names.ts';
import { openPlain } from './open-plain.ts';
import { echoChannel } from './plain-channels.ts';
import type { Conversation, PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';
import { USER_FORMAT } from './user-format.ts';

const createUserEcho = (deps: PlainDeps, connection: PlainConnection): Conversation => {
  const { clock, limits } = deps;
  const bucket = new TokenBucket(limits.messageRate, clock.monotonic());
  const channel = echoChannel(connection.session.user);
  const publish = async (text: string): Promise<void> => {
    const sent = await deps.publisher.publish(channel, JSON.stringify(`Echo: ${text}`));
    if (!sent.ok) connection.sendError({ error: sent.error });
  };
  return {
    handleText(text) {
      if (isLongerThan(text, limits.maxMessageLength)) return { error: 'too_long' };
      if (bucket.take(clock.monotonic())) {
        publish(text).catch((error: unknown) => {
          deps.logger.error({ err: error, connection: connection.session.id }, 'user echo failed');
          connection.sendError({ error: 'internal' });
        });
      } else connection.sendError({ error: 'too_many_requests' });
      return undefined;
    },
  };
};

/** Which person the connection belongs to; undefined: not the one of the URL. */
const identityAt = (
  deps: PlainDeps,
  request: HandshakeRequest,
  credential: Exclude<Credential, { code: number }>,
): Identity | undefined => {
  const claimed = request.params['user_id'] ?? '';
  if (credential !== 'anonymous')
    return claimed.trim() === credential.user.trim() ? credential : undefined;
  const name = readName(claimed, deps.limits.maxNameLength);
  return name.ok ? { user: name.value } : undefined;
};

const enter = async (
  deps: PlainDeps,
  connection: PlainConnection,
  request: HandshakeRequest,
): Promise<void> => {
  const { session } = connection;
  const credential = await checkCredential(deps, request, 'local');
  if (!connection.isAlive) return;
  if (isRefusal(credential)) return session.disconnect(credential);
  const identity = identityAt(deps, request, credential);
  if (identity === undefined) return session.disconnect(PLAIN_CLOSES.unauthorized);
  if (!(await authenticate(deps, connection, identity))) return;
  for (const channel of [echoChannel(identity.user), userChannel(identity.user)]) {
    const subscribed = await session.subscribe(channel, { isServerSide: true });
    if (!connection.isAlive) return;
    if (!subscribed.ok) return session.disconnect(DISCONNECTS.server_error);
  }
  connection.begin(createUserEcho(deps, connection));
};

export const createUserEchoEndpoint = (
  deps: PlainDeps,
  heartbeat: Heartbeat,
): WebSocketEndpoint => ({
  name: 'user',
  path: '/ws/{user_id}',
  open: (socket, request) =>
    openPlain(deps, {
      socket,
      request,
      endpoint: { name: 'user', format: USER_FORMAT, heartbeat },
      enter: (connection) => enter(deps, connection, request),
    }),
});
