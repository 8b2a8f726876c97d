import type { Disconnect } from '@carillon/protocol';
import type { ClientSocket } from './client-socket.ts';
import type { FrameReceiver, HandshakeRequest } from './websocket-endpoint.ts';

/**
 * A protocol over an HTTP response that does not end: what a `WebSocketEndpoint` is for upgrades.
 * The stream transport routes requests to it; what the client says besides comes by other requests.
 */
export interface StreamEndpoint {
  /** Label in metrics and logs. */
  readonly name: string;
  readonly transport: 'http_stream' | 'sse';
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST')[];
  readonly contentType: string;
  /** Bytes before everything else. */
  encodeOpening?(): Uint8Array;
  /** A stream has no close frame: what is written in its place. Undefined: nothing, the stream just ends. */
  encodeClose(disconnect: Disconnect): Uint8Array | undefined;
  /** The client's first message follows by `handleText`: the body, or `cf_connect` of the query ('' when absent). */
  open(socket: ClientSocket, request: HandshakeRequest): StreamReceiver;
}

/** What came in on one stream, and what only streams are asked. */
export interface StreamReceiver extends FrameReceiver {
  /** The `id` of the events that end with what is written now. Absent, or undefined: none. */
  eventId?(): string | undefined;
}
