/** The WebSocket side of a process: every endpoint, behind one transport, and the streams that stand in for it. */
import type { RoutePlugin } from '../http/http-deps.ts';
import { sendProblem } from '../http/problem.ts';
import type { WebSocketEndpoint } from '../ports/websocket-endpoint.ts';
import { createRpcHandler } from '../procedures/rpc.ts';
import { createNativeProtocol } from '../protocols/native/native-protocol.ts';
import type { NativeProtocol } from '../protocols/native/native-protocol.ts';
import { createPlainEndpoints } from '../protocols/plain/create-plain-endpoints.ts';
import { ConnectGate } from '../transports/connect-gate.ts';
import { registerEmulation } from '../transports/http-stream/emulation-route.ts';
import { registerStreams } from '../transports/http-stream/stream-transport.ts';
import { DEFAULT_WEBSOCKET_LIMITS } from '../transports/websocket/limits.ts';
import type { WebSocketTransport } from '../transports/websocket/websocket-transport.ts';
import { createWebSocketTransport } from '../transports/websocket/websocket-transport.ts';
import { plainLimitsOf, webSocketLimitsOf } from './limits-of.ts';
import type { Parts } from './parts.ts';
import { VERSION } from './version.ts';

export interface WebSocketSide {
  readonly transport: WebSocketTransport;
  /** Where handshakes are taken. */
  readonly paths: readonly string[];
  /** Streams, and what their clients say. */
  readonly streams: RoutePlugin;
}

export function createWebSocketSide(parts: Parts): WebSocketSide {
  const { config, core, logger } = parts;
  const { allowedOrigins, trustProxy: isProxyTrusted } = config.settings;
  const limits = { ...DEFAULT_WEBSOCKET_LIMITS, ...webSocketLimitsOf(config) };
  const { clock, metrics, node: peers } = core;
  const gate = new ConnectGate({ allowedOrigins, limits, clock });
  const native = nativeOf(parts);
  const endpoints = [...native.webSockets, ...plainOf(parts)];
  const shared = { gate, isProxyTrusted, clock, logger, metrics };
  const transport = createWebSocketTransport({ ...shared, endpoints, limits });
  return {
    transport,
    paths: endpoints.map(({ path }) => path),
    streams: (app) => {
      registerStreams(app, { ...shared, ...limits, endpoints: native.streams, sendProblem });
      registerEmulation(app, { ...limits, gate, peers, sendProblem });
    },
  };
}

function nativeOf(parts: Parts): NativeProtocol {
  const { config, core, logger, exposure, authenticator, credentials, dispatcher } = parts;
  const format = parts.thread?.nativeFormat?.();
  const { node, clock, random, metrics } = core;
  return createNativeProtocol({
    clock,
    random,
    logger,
    metrics,
    peers: node,
    connections: node,
    authenticator,
    credentials,
    rpc: createRpcHandler(dispatcher),
    // Read at every connect: the exposure may close later.
    get allowsAnonymous() {
      return exposure.open || exposure.byAllowAnonymous;
    },
    version: VERSION,
    ...(format === undefined ? {} : { format }),
    pingIntervalMs: config.settings.pingInterval,
    pongTimeoutMs: config.settings.pongTimeout,
  });
}

function plainOf(parts: Parts): readonly WebSocketEndpoint[] {
  const { config, core, logger, exposure, credentials } = parts;
  const { node, domain, clock, random, metrics } = core;
  return createPlainEndpoints({
    clock,
    random,
    logger,
    metrics,
    ...domain,
    connections: node,
    credentials,
    publisher: node,
    registry: node,
    channelAdmin: node,
    subscriberCount: (channel) => node.subscriberCount(channel),
    anonymous: exposure,
    limits: plainLimitsOf(config),
  });
}
