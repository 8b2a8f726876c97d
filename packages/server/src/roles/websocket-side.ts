/** The WebSocket side of a process: every endpoint, behind one transport. */
import type { WebSocketEndpoint } from '../ports/websocket-endpoint.ts';
import { createRpcHandler } from '../procedures/rpc.ts';
import { createNativeEndpoint } from '../protocols/native/native-endpoint.ts';
import { createPlainEndpoints } from '../protocols/plain/create-plain-endpoints.ts';
import type { WebSocketTransport } from '../transports/websocket/websocket-transport.ts';
import { createWebSocketTransport } from '../transports/websocket/websocket-transport.ts';
import { plainLimitsOf, webSocketLimitsOf } from './limits-of.ts';
import type { Parts } from './parts.ts';
import { VERSION } from './version.ts';

export interface WebSocketSide {
  readonly transport: WebSocketTransport;
  /** Where handshakes are taken. */
  readonly paths: readonly string[];
}

export function createWebSocketSide(parts: Parts): WebSocketSide {
  const { config, core, logger } = parts;
  const { allowedOrigins, trustProxy } = config.settings;
  const endpoints = endpointsOf(parts);
  const transport = createWebSocketTransport({
    endpoints,
    ...(allowedOrigins.length === 0 ? {} : { allowedOrigins }),
    isProxyTrusted: trustProxy,
    limits: webSocketLimitsOf(config),
    clock: core.clock,
    logger,
    metrics: core.metrics,
  });
  return { transport, paths: endpoints.map(({ path }) => path) };
}

function endpointsOf(parts: Parts): readonly WebSocketEndpoint[] {
  const { config, core, logger, exposure, authenticator, credentials, dispatcher } = parts;
  const format = parts.thread?.nativeFormat?.();
  const { node, domain } = core;
  const shared = { clock: core.clock, random: core.random, logger, metrics: core.metrics };
  return [
    createNativeEndpoint({
      ...shared,
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
    }),
    ...createPlainEndpoints({
      ...shared,
      ...domain,
      connections: node,
      credentials,
      publisher: node,
      registry: node,
      channelAdmin: node,
      subscriberCount: (channel) => node.subscriberCount(channel),
      anonymous: exposure,
      limits: plainLimitsOf(config),
    }),
  ];
}
