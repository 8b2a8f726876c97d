/** The `combined` kind: HTTP and WebSocket in one process, on one port or on somebody else's server. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createJwtAuthenticator } from '../adapters/auth-jwt/jwt-authenticator.ts';
import { createMemoryTicketOffice } from '../adapters/tickets-memory/memory-ticket-office.ts';
import type { Config } from '../config/load-config.ts';
import type { Domain } from '../domain/domain.ts';
import { createApiKeys } from '../http/api-keys.ts';
import type { HttpApp } from '../http/http-app.ts';
import { createHttpApp } from '../http/http-app.ts';
import { sendProblem } from '../http/problem.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import type { CredentialResolver } from '../ports/credentials.ts';
import type { ConnectionRegistry, Publisher } from '../ports/server-api.ts';
import type { WebSocketEndpoint } from '../ports/websocket-endpoint.ts';
import { createDispatcher } from '../procedures/dispatcher.ts';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import { bindProcedures } from '../procedures/registry.ts';
import { createRpcHandler } from '../procedures/rpc.ts';
import { createCredentialResolver } from '../protocols/credentials.ts';
import { createNativeEndpoint } from '../protocols/native/native-endpoint.ts';
import { createPlainEndpoints } from '../protocols/plain/create-plain-endpoints.ts';
import { registerNotificationStream } from '../transports/sse/notification-stream.ts';
import type { WebSocketTransport } from '../transports/websocket/websocket-transport.ts';
import { createWebSocketTransport } from '../transports/websocket/websocket-transport.ts';
import { adminLoginOf } from './admin-login-of.ts';
import type { Application, ApplicationContext } from './application.ts';
import type { Core } from './core-of.ts';
import { createCore } from './core-of.ts';
import type { Exposure } from './exposure.ts';
import { createExposure } from './exposure.ts';
import {
  clientSettingsOf,
  httpSettingsOf,
  plainLimitsOf,
  sseLimitsOf,
  webSocketLimitsOf,
} from './limits-of.ts';
import type { Secrets } from './secrets.ts';
import { secretsOf } from './secrets.ts';
import { tokenSignerOf } from './tokens.ts';
import { VERSION } from './version.ts';
import { WEB_ROOT } from './web-root.ts';

export interface CombinedApplication extends Application {
  readonly publisher: Publisher;
  readonly connections: ConnectionRegistry;
  readonly domain: Domain;
}

/** What requests under way are given to finish, when everybody has been sent away. */
const HTTP_CLOSE_TIMEOUT_MS = 2_000;

/** What both sides, HTTP and WebSocket, are made from. */
interface Parts extends ApplicationContext {
  readonly core: Core;
  readonly secrets: Secrets;
  readonly exposure: Exposure;
  readonly authenticator: Authenticator;
  readonly credentials: CredentialResolver;
  readonly dispatcher: Dispatcher;
}

export async function createCombined(context: ApplicationContext): Promise<CombinedApplication> {
  const core = await createCore(context);
  try {
    return await createOn(core, context);
  } catch (error) {
    // The store's thread would keep a process alive that has no server.
    await core.close();
    throw error;
  }
}

async function createOn(core: Core, context: ApplicationContext): Promise<CombinedApplication> {
  const { config, logger } = context;
  const secrets = secretsOf(config);
  const authenticator = authenticatorOf(context, secrets, core);
  const tickets = createMemoryTicketOffice({ ...core, lifetimeMs: config.settings.ticketTtl });
  const { node, domain } = core;
  const parts: Parts = {
    ...context,
    core,
    secrets,
    exposure: createExposure(config, logger),
    authenticator,
    credentials: createCredentialResolver({ authenticator, tickets }),
    dispatcher: createDispatcher({
      bindings: bindProcedures({
        ...domain,
        registry: node,
        connectionAdmin: node,
        tickets,
        clientSettings: clientSettingsOf(config),
      }),
      logger,
      random: core.random,
    }),
  };
  const endpoints = endpointsOf(parts);
  const transport = transportOf(parts, endpoints);
  const http = await httpOf(
    parts,
    endpoints.map(({ path }) => path),
  );
  await http.app.ready();
  await core.start();
  return assemble(parts, { http, transport });
}

function assemble(
  parts: Parts,
  { http, transport }: { http: HttpApp; transport: WebSocketTransport },
): CombinedApplication {
  const { config, core, exposure, logger } = parts;
  const { node, domain } = core;
  const takeUpgrades = (server: Server): void => {
    server.on('upgrade', (request, socket, head) => {
      if (!transport.handleUpgrade(request, socket, head)) refuseUnlessTaken(server, socket);
    });
    exposure.watch(server);
  };
  return {
    publisher: node,
    connections: node,
    domain,
    listen: async () => {
      takeUpgrades(http.app.server);
      await http.app.listen({ port: config.port, host: config.host });
      const port = portOf(http.app.server);
      const url = `http://${urlHost(config.host)}:${port}`;
      logger.info({ url, version: VERSION }, 'listening');
      return { port, url };
    },
    attach: (server) => {
      takeUpgrades(server);
      takeRequests(server, http);
    },
    close: async () => {
      await core.close();
      await transport.close();
      // A connection that was opened in advance and never used is not idle to Node: it would hold
      // the close up until its headers time out.
      const cancel = core.clock.after(HTTP_CLOSE_TIMEOUT_MS, () => {
        http.app.server.closeAllConnections();
      });
      await http.app.close();
      cancel();
      logger.info({}, 'stopped');
    },
  };
}

function authenticatorOf(
  { config, logger }: ApplicationContext,
  { jwtSecret }: Secrets,
  { clock }: Core,
): Authenticator {
  const { jwtPublicKey, jwksUrl, jwtAudience, jwtIssuer } = config.settings;
  return createJwtAuthenticator({
    ...(jwtSecret === undefined ? {} : { secret: jwtSecret }),
    ...(jwtPublicKey === undefined ? {} : { publicKey: jwtPublicKey }),
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
    ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
    clock,
    logger,
  });
}

function endpointsOf(parts: Parts): readonly WebSocketEndpoint[] {
  const { config, core, logger, exposure, authenticator, credentials, dispatcher } = parts;
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

function transportOf(parts: Parts, endpoints: readonly WebSocketEndpoint[]): WebSocketTransport {
  const { config, core, logger } = parts;
  const { allowedOrigins, trustProxy } = config.settings;
  return createWebSocketTransport({
    endpoints,
    ...(allowedOrigins.length === 0 ? {} : { allowedOrigins }),
    isProxyTrusted: trustProxy,
    limits: webSocketLimitsOf(config),
    clock: core.clock,
    logger,
    metrics: core.metrics,
  });
}

function httpOf(parts: Parts, webSocketPaths: readonly string[]): Promise<HttpApp> {
  const { config, core, logger, credentials, dispatcher, secrets } = parts;
  const { node, domain, clock, random, metrics } = core;
  const shared = { clock, random, logger, metrics, credentials };
  const adminLogin = adminLoginOf(config.settings.adminPassword, { clock, logger });
  return createHttpApp({
    ...shared,
    ...(adminLogin === undefined ? {} : { adminLogin }),
    settings: httpSettingsOf(config),
    apiKeys: createApiKeys(secrets.apiKeys),
    healthChecks: core.healthChecks,
    isDraining: () => node.isDraining,
    metricsPage: metrics,
    dispatcher,
    publisher: node,
    registry: node,
    channelAdmin: node,
    connectionAdmin: node,
    cluster: node,
    version: VERSION,
    groups: parts.hasPages ? ['ops', 'api', 'docs', 'web'] : ['ops', 'api', 'docs'],
    webRoot: WEB_ROOT,
    ...demoLoginOf(parts),
    webSocketPaths,
    plugins: [
      (app) =>
        registerNotificationStream(app, {
          ...shared,
          connections: node,
          inbox: domain.inbox,
          limits: sseLimitsOf(config),
          sendProblem,
        }),
    ],
  });
}

const DEMO_TOKEN_LIFETIME_SECONDS = 12 * 3600;

function demoLoginOf({ config, secrets }: { config: Config; secrets: Secrets }): {
  demoLogin?: (name: string) => Promise<string>;
} {
  const signer = secrets.isDevelopment ? tokenSignerOf(config) : undefined;
  if (signer === undefined) return {};
  return {
    demoLogin: (user) =>
      signer.connectionToken({ user, lifetimeSeconds: DEMO_TOKEN_LIFETIME_SECONDS }),
  };
}

/** Our paths first; every other request goes to the listeners that were there before. */
function takeRequests(server: Server, http: HttpApp): void {
  const others = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (http.handleRequest(request, response)) return;
    // Nobody else listens: our answer to an unknown path is better than none.
    if (others.length === 0) http.app.routing(request, response);
    for (const other of others) Reflect.apply(other, server, [request, response]);
  });
}

/** With nobody else to take it, an upgrade to an unknown path would hang. */
function refuseUnlessTaken(server: Server, socket: Duplex): void {
  if (server.listenerCount('upgrade') > 1) return;
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** An address to open in a browser: all addresses means this machine too, and IPv6 needs brackets. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
