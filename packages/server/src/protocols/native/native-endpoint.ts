/**
 * The Centrifuge client protocol v2 in JSON over WebSocket, at the path its SDKs use. Other
 * transports of the protocol and its binary form are endpoints of their own.
 *
 * @see https://centrifugal.dev/docs/transports/client_protocol
 */
import { PING } from '@carillon/protocol';
import { deviceTypeOf } from '../../domain/devices/device-type.ts';
import type { ClientSocket } from '../../ports/client-socket.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { CommandTally } from './command-tally.ts';
import type { HandshakeIdentity } from './connect-command.ts';
import { DEFAULT_NATIVE_LIMITS } from './limits.ts';
import { NativeConnection } from './native-connection.ts';
import type { NativeContext } from './native-context.ts';
import type { NativeDeps } from './native-deps.ts';
import { NATIVE_JSON } from './native-format.ts';
import { createNativeListener } from './native-listener.ts';

const DEFAULT_PING_INTERVAL_MS = 25_000;
const DEFAULT_PONG_TIMEOUT_MS = 8_000;

/** Most connections bring their token in the connect command and keep nothing of the handshake. */
const handshakeIdentityOf = (
  { credentials }: NativeDeps,
  { query, authorization }: HandshakeRequest,
): HandshakeIdentity | undefined => {
  const isPresented = authorization !== undefined || query.has('ticket') || query.has('token');
  return isPresented ? () => credentials.resolve({ query, authorization }) : undefined;
};

export const createNativeEndpoint = (deps: NativeDeps): WebSocketEndpoint => {
  const { format = NATIVE_JSON } = deps;
  const context: NativeContext = {
    deps,
    heartbeat: {
      intervalMs: deps.pingIntervalMs ?? DEFAULT_PING_INTERVAL_MS,
      timeoutMs: deps.pongTimeoutMs ?? DEFAULT_PONG_TIMEOUT_MS,
      message: PING,
    },
    listener: createNativeListener(deps.clock),
    limits: { ...DEFAULT_NATIVE_LIMITS, ...deps.limits },
    tally: new CommandTally(deps.metrics, deps.clock),
  };
  return {
    name: 'native',
    path: '/connection/websocket',
    open: (socket: ClientSocket, request: HandshakeRequest) => {
      const session = deps.connections.open({
        socket,
        format,
        listener: context.listener,
        heartbeat: context.heartbeat,
        transport: 'websocket',
        protocol: 'native',
        deviceType: deviceTypeOf({
          explicit: request.query.get('device'),
          userAgent: request.userAgent,
        }),
        remoteAddress: request.remoteAddress,
      });
      return new NativeConnection(context, {
        session,
        handshake: handshakeIdentityOf(deps, request),
      });
    },
  };
};
