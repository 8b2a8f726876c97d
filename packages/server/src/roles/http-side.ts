/** The HTTP side of a process: the groups of routes that its kind serves. */
import type { RequestListener, Server } from 'node:http';
import { createApiKeys } from '../http/api-keys.ts';
import type { HttpApp } from '../http/http-app.ts';
import { createHttpApp } from '../http/http-app.ts';
import type { RouteGroup, RoutePlugin } from '../http/http-deps.ts';
import { sendProblem } from '../http/problem.ts';
import type { HealthCheck } from '../ports/health.ts';
import { registerNotificationStream } from '../transports/sse/notification-stream.ts';
import { adminLoginOf } from './admin-login-of.ts';
import { httpSettingsOf, sseLimitsOf } from './limits-of.ts';
import type { Parts } from './parts.ts';
import { tokenSignerOf } from './tokens.ts';
import { VERSION } from './version.ts';
import { WEB_ROOT } from './web-root.ts';
import type { WebSocketSide } from './websocket-side.ts';

export interface HttpSideOptions {
  readonly groups: readonly RouteGroup[];
  /** Serve the notification stream (C5). */
  readonly hasStream: boolean;
  /** Everything that has to work, for /ready. */
  readonly healthChecks: readonly HealthCheck[];
  /** Of this process. */
  readonly sockets: Pick<WebSocketSide, 'paths' | 'streams'> | undefined;
  /** Makes the server to listen with; undefined: one that speaks http. */
  readonly createServer: ((handler: RequestListener) => Server) | undefined;
}

export function createHttpSide(
  parts: Parts,
  { groups, hasStream, healthChecks, sockets, createServer }: HttpSideOptions,
): Promise<HttpApp> {
  const { config, core, logger, credentials, dispatcher, secrets, thread } = parts;
  const { node, clock, random, metrics } = core;
  const shared = { clock, random, logger, metrics, credentials };
  const adminLogin = adminLoginOf(config.settings.adminPassword, { clock, logger });
  return createHttpApp({
    ...shared,
    ...(adminLogin === undefined ? {} : { adminLogin }),
    settings: httpSettingsOf(config),
    apiKeys: createApiKeys(secrets.apiKeys),
    healthChecks,
    isDraining: () => parts.isStopping() || node.isDraining,
    metricsPage: thread?.metricsPage(metrics) ?? metrics,
    dispatcher,
    publisher: node,
    registry: node,
    channelAdmin: node,
    connectionAdmin: node,
    cluster: node,
    version: VERSION,
    uploads: {
      uploads: core.domain.uploads,
      maxUploadBytes: config.settings.uploadMaxBytes,
    },
    groups: parts.hasPages ? groups : groups.filter((group) => group !== 'web'),
    webRoot: WEB_ROOT,
    ...demoLoginOf(parts),
    webSocketPaths: sockets?.paths ?? [],
    plugins: [
      ...(hasStream ? [streamOf(parts)] : []),
      ...(sockets === undefined ? [] : [sockets.streams]),
    ],
    ...(createServer === undefined ? {} : { createServer }),
  });
}

function streamOf({ config, core, logger, credentials }: Parts): RoutePlugin {
  const { node, domain, clock } = core;
  return (app) =>
    registerNotificationStream(app, {
      clock,
      logger,
      credentials,
      connections: node,
      inbox: domain.inbox,
      limits: sseLimitsOf(config),
      sendProblem,
    });
}

const DEMO_TOKEN_LIFETIME_SECONDS = 12 * 3600;

function demoLoginOf({ config, secrets }: Parts): {
  demoLogin?: (name: string, isAdmin: boolean) => Promise<string>;
} {
  const signer = secrets.isDevelopment ? tokenSignerOf(config) : undefined;
  if (signer === undefined) return {};
  return {
    demoLogin: (user, isAdmin) =>
      signer.connectionToken({ user, isAdmin, lifetimeSeconds: DEMO_TOKEN_LIFETIME_SECONDS }),
  };
}
