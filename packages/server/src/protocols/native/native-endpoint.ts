/**
 * The Centrifuge client protocol v2 in JSON over WebSocket, at the path its SDKs use, and what it
 * has in common with its other transports (native-streams.ts, uni-endpoints.ts).
 *
 * @see https://centrifugal.dev/docs/transports/client_protocol
 */
import { PING } from '@carillon/protocol';
import { deviceTypeOf } from '../../domain/devices/device-type.ts';
import type { ClientSocket } from '../../ports/client-socket.ts';
import type { ConnectionInit, Session } from '../../ports/connection-handler.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
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

export const createNativeContext = (deps: NativeDeps): NativeContext => ({
  deps,
  heartbeat: {
    intervalMs: deps.pingIntervalMs ?? DEFAULT_PING_INTERVAL_MS,
    timeoutMs: deps.pongTimeoutMs ?? DEFAULT_PONG_TIMEOUT_MS,
    message: PING,
  },
  listener: createNativeListener(deps.clock),
  limits: { ...DEFAULT_NATIVE_LIMITS, ...deps.limits },
  tally: new CommandTally(deps.metrics, deps.clock),
});

/** Most connections bring their token in the connect command and keep nothing of the handshake. */
export const handshakeIdentityOf = (
  { credentials }: NativeDeps,
  { query, authorization }: HandshakeRequest,
): HandshakeIdentity | undefined => {
  const isPresented = authorization !== undefined || query.has('ticket') || query.has('token');
  return isPresented ? () => credentials.resolve({ query, authorization }) : undefined;
};

/** What differs between the transports of the protocol. */
export interface SessionKind {
  readonly format: WireFormat;
  readonly transport: ConnectionInit['transport'];
  readonly protocol: string;
}

export const openSession = (
  { deps, listener, heartbeat }: NativeContext,
  { format, transport, protocol }: SessionKind,
  { socket, request }: { readonly socket: ClientSocket; readonly request: HandshakeRequest },
): Session =>
  deps.connections.open({
    socket,
    format,
    listener,
    heartbeat,
    transport,
    protocol,
    deviceType: deviceTypeOf({
      explicit: request.query.get('device'),
      userAgent: request.userAgent,
    }),
    remoteAddress: request.remoteAddress,
  });

export const createNativeEndpoint = (
  deps: NativeDeps,
  context: NativeContext = createNativeContext(deps),
): WebSocketEndpoint => {
  const { format = NATIVE_JSON } = deps;
  const kind: SessionKind = { format, transport: 'websocket', protocol: 'native' };
  return {
    name: 'native',
    path: '/connection/websocket',
    takesQuickConnect: true,
    open: (socket: ClientSocket, request: HandshakeRequest) => {
      const session = openSession(context, kind, { socket, request });
      return new NativeConnection(context, {
        session,
        handshake: handshakeIdentityOf(deps, request),
      });
    },
  };
};
