/** Transports by name, and whether the runtime has what they need. */
import type { TransportName } from '../connection/connection-state.ts';
import type { ClientEnvironment } from '../environment.ts';
import { openHttpStream } from './http-stream-transport.ts';
import { openEventSource } from './sse-transport.ts';
import type { OpenTransport } from './transport.ts';
import { openWebSocket } from './websocket-transport.ts';

export const OPEN_TRANSPORT: { readonly [N in TransportName]: OpenTransport } = {
  websocket: openWebSocket,
  http_stream: openHttpStream,
  sse: openEventSource,
};

export const isAvailable = (name: TransportName, environment: ClientEnvironment): boolean =>
  environment[name === 'websocket' ? 'WebSocket' : name === 'sse' ? 'EventSource' : 'fetch'] !==
  undefined;
