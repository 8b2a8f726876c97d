/**
 * One-way transports of the native protocol, for clients without an SDK: `/connection/uni_sse` and
 * `/connection/uni_websocket`. What the server says are the protocol's pushes, bare; what the client
 * says goes over REST.
 */
import { type Disconnect, encodeDisconnectPush } from '@carillon/protocol';
import type { ClientSocket } from '../../ports/client-socket.ts';
import type { Random } from '../../ports/clock.ts';
import type { SessionListener } from '../../ports/connection-handler.ts';
import type { StreamEndpoint, StreamReceiver } from '../../ports/stream-endpoint.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { encodePositions, parsePositions } from './event-id.ts';
import type { NativeContext } from './native-context.ts';
import { handshakeIdentityOf, openSession, type SessionKind } from './native-endpoint.ts';
import { encodeSseClose, encodeSseOpening, EVENT_STREAM } from './native-streams.ts';
import { UNI_SSE, UNI_WEBSOCKET } from './stream-formats.ts';
import { UniConnection } from './uni-connection.ts';

const PROTOCOL = 'uni';

/** Nobody answers pings here: they show a listener that the line is alive. */
const listening = (context: NativeContext): NativeContext => ({
  ...context,
  heartbeat: { ...context.heartbeat, timeoutMs: 0 },
});

export const createUniSse = (context: NativeContext, random: Random): StreamEndpoint => {
  const kind: SessionKind = { format: UNI_SSE, transport: 'sse', protocol: PROTOCOL };
  const oneWay = listening(context);
  return {
    name: PROTOCOL,
    transport: 'sse',
    path: '/connection/uni_sse',
    methods: ['GET', 'POST'],
    contentType: EVENT_STREAM,
    encodeOpening: () => encodeSseOpening(random),
    encodeClose: (disconnect) => encodeSseClose(UNI_SSE, disconnect),
    open: (socket: ClientSocket, request: HandshakeRequest): StreamReceiver => {
      const session = openSession(oneWay, kind, { socket, request });
      const connection = new UniConnection(oneWay, {
        session,
        handshake: handshakeIdentityOf(context.deps, request),
        positions: parsePositions(request.lastEventId),
      });
      return {
        get isAuthenticated() {
          return connection.isAuthenticated;
        },
        handleText: (text) => connection.handleText(text),
        handleBinary: () => connection.handleBinary(),
        handleDrain: () => connection.handleDrain(),
        handleClosed: (code) => connection.handleClosed(code),
        eventId: () => encodePositions(session.positions()),
      };
    },
  };
};

/** The reason as a push too: not every WebSocket client shows close frames. */
const withFarewell = (listener: SessionListener): SessionListener => ({
  ...listener,
  handleDisconnect(session, disconnect: Disconnect) {
    session.send(encodeDisconnectPush(disconnect));
    return disconnect;
  },
});

/** The connect request stands in the address (`cf_connect`, or `token` or `ticket`), or is the first frame. */
export const createUniWebSocket = (context: NativeContext): WebSocketEndpoint => {
  const kind: SessionKind = { format: UNI_WEBSOCKET, transport: 'websocket', protocol: PROTOCOL };
  const oneWay = { ...listening(context), listener: withFarewell(context.listener) };
  return {
    name: PROTOCOL,
    path: '/connection/uni_websocket',
    open: (socket: ClientSocket, request: HandshakeRequest) => {
      const session = openSession(oneWay, kind, { socket, request });
      const handshake = handshakeIdentityOf(context.deps, request);
      const connection = new UniConnection(oneWay, { session, handshake });
      const params = request.query.get('cf_connect');
      if (params !== null || handshake !== undefined) connection.handleText(params ?? '');
      return connection;
    },
  };
};
