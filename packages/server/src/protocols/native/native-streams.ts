/**
 * The native protocol over streams: `/connection/http_stream` and `/connection/sse`. The request
 * brings the connect command, the response carries all that the server says, and further commands
 * come by `POST /emulation`, to whichever process.
 */
import { type Disconnect, encodeDisconnectPush, isTerminal } from '@carillon/protocol';
import type { ClientSocket } from '../../ports/client-socket.ts';
import type { Random } from '../../ports/clock.ts';
import type { Peers } from '../../ports/peers.ts';
import type { StreamEndpoint, StreamReceiver } from '../../ports/stream-endpoint.ts';
import type { HandshakeRequest } from '../../ports/websocket-endpoint.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import { encodeRetry } from '../../transports/sse/event-encoder.ts';
import { EmulatedSessions } from './emulated-sessions.ts';
import { encodePositions, parsePositions } from './event-id.ts';
import { NativeConnection } from './native-connection.ts';
import type { NativeContext } from './native-context.ts';
import { handshakeIdentityOf, openSession, type SessionKind } from './native-endpoint.ts';
import { NATIVE_LINES, NATIVE_SSE } from './stream-formats.ts';

export interface NativeStreamOptions {
  readonly context: NativeContext;
  readonly random: Random;
  /** Where requests of clients whose stream is on another node go, and come from. */
  readonly peers: Peers;
}

export const EVENT_STREAM = 'text/event-stream; charset=utf-8';

/** How an EventSource comes back by itself: not all at once, and after a final word hardly ever. */
const RETRY_MIN_MS = 1_000;
const RETRY_SPREAD_MS = 4_000;
const RETRY_NEVER_MS = 86_400_000;

/** The error reply has said all; the stream just ends. Compared by identity. */
const REFUSED: Disconnect = { code: 3000, reason: 'refused' };

export const encodeSseOpening = (random: Random): Uint8Array =>
  Buffer.from(encodeRetry(RETRY_MIN_MS + random.next() * RETRY_SPREAD_MS));

export const encodeSseClose = (format: WireFormat, disconnect: Disconnect): Uint8Array => {
  const push = format.encodeMessages([encodeDisconnectPush(disconnect)]);
  if (!isTerminal(disconnect.code)) return push;
  return Buffer.concat([Buffer.from(`retry: ${RETRY_NEVER_MS}\n`), push]);
};

export const createNativeStreams = (options: NativeStreamOptions): readonly StreamEndpoint[] => {
  const { context, random, peers } = options;
  const { logger, metrics } = context.deps;
  const sessions = new EmulatedSessions({ random, logger });
  peers.answerRequests(({ session, data }) => {
    const isDelivered = sessions.deliver(session, data);
    if (isDelivered) {
      metrics.count('ws_frames_received_total', 1);
      metrics.count('ws_bytes_received_total', Buffer.byteLength(data));
    }
    return { type: 'emulation', isDelivered };
  });
  const open =
    (kind: SessionKind) =>
    (socket: ClientSocket, request: HandshakeRequest): StreamReceiver =>
      openStream({ ...options, sessions, kind }, socket, request);
  return [
    {
      name: 'native',
      transport: 'http_stream',
      path: '/connection/http_stream',
      methods: ['POST'],
      contentType: 'application/x-ndjson; charset=utf-8',
      encodeClose: (why) =>
        why === REFUSED ? undefined : NATIVE_LINES.encodeMessages([encodeDisconnectPush(why)]),
      open: open({ format: NATIVE_LINES, transport: 'http_stream', protocol: 'native' }),
    },
    {
      name: 'native',
      transport: 'sse',
      path: '/connection/sse',
      methods: ['GET', 'POST'],
      contentType: EVENT_STREAM,
      encodeOpening: () => encodeSseOpening(random),
      encodeClose: (why) => (why === REFUSED ? undefined : encodeSseClose(NATIVE_SSE, why)),
      open: open({ format: NATIVE_SSE, transport: 'sse', protocol: 'native' }),
    },
  ];
};

interface StreamParts extends NativeStreamOptions {
  readonly sessions: EmulatedSessions;
  readonly kind: SessionKind;
}

const openStream = (
  { context, peers, sessions, kind }: StreamParts,
  socket: ClientSocket,
  request: HandshakeRequest,
): StreamReceiver => {
  const session = openSession(context, kind, { socket, request });
  const handle = sessions.handleFor(session);
  const isSse = kind.transport === 'sse';
  const connection = new NativeConnection(context, {
    session,
    handshake: handshakeIdentityOf(context.deps, request),
    control: { session: handle, node: peers.nodeId },
    positions: isSse ? parsePositions(request.lastEventId) : undefined,
    handleRefused: () => session.disconnect(REFUSED),
  });
  sessions.add(handle, session, connection);
  return {
    get isAuthenticated() {
      return connection.isAuthenticated;
    },
    handleText: (text) => {
      connection.handleText(text);
      // Without a connect command nothing can follow: the handle was never told.
      if (connection.hasNotBegun) session.disconnect(REFUSED);
    },
    handleBinary: () => connection.handleBinary(),
    handleDrain: () => connection.handleDrain(),
    handleClosed: (code) => {
      sessions.forget(session);
      connection.handleClosed(code);
    },
    ...(isSse && { eventId: () => encodePositions(session.positions()) }),
  };
};
