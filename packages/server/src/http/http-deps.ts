/** What the HTTP side is given: services, look-ups and settings. Wired by the roles only. */
import type { RequestListener, Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { CredentialResolver } from '../ports/credentials.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { HealthCheck } from '../ports/health.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type {
  ChannelAdmin,
  Cluster,
  ConnectionAdmin,
  ConnectionRegistry,
  Publisher,
} from '../ports/server-api.ts';
import type { Dispatcher } from '../procedures/dispatcher.ts';
import type { AdminLogin } from './admin-login.ts';
import type { ApiKeys } from './api-keys.ts';
import type { UploadRoutes } from './uploads/upload-routes.ts';

export interface HttpSettings {
  /** Exact origins of browsers that may call; `*` allows all, empty none but the same origin. */
  readonly allowedOrigins: readonly string[];
  readonly maxBodyBytes: number;
  /** For callers with a valid API key, who send lists of users and batches. */
  readonly maxBackendBodyBytes: number;
  readonly maxJsonDepth: number;
  /** Requests of one address without a valid API key; beyond: 429. */
  readonly rate: { readonly count: number; readonly perMs: number };
  /** Take the client's address from the last entry of X-Forwarded-For. */
  readonly trustProxy: boolean;
  readonly isProduction: boolean;
  /** How long one part may take to answer `/ready`. */
  readonly healthTimeoutMs: number;
}

export const DEFAULT_HTTP_SETTINGS: HttpSettings = {
  allowedOrigins: [],
  maxBodyBytes: 64 * 1024,
  maxBackendBodyBytes: 1024 * 1024,
  maxJsonDepth: 32,
  rate: { count: 1000, perMs: 1000 },
  trustProxy: false,
  isProduction: true,
  healthTimeoutMs: 2000,
};

/** What every group of routes needs. */
export interface HttpBase {
  readonly settings: HttpSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: CredentialResolver;
  readonly apiKeys: ApiKeys;
  /** Absent: no log-in by password. */
  readonly adminLogin?: AdminLogin;
}

export interface OpsDeps {
  readonly healthChecks: readonly HealthCheck[];
  readonly isDraining: () => boolean;
  /** Absent: no `/metrics`. */
  readonly metricsPage?: { readonly contentType: string; render(): Promise<string> };
}

export interface ApiDeps {
  readonly dispatcher: Dispatcher;
  readonly publisher: Publisher;
  readonly registry: ConnectionRegistry;
  readonly channelAdmin: ChannelAdmin;
  readonly connectionAdmin: ConnectionAdmin;
  /** Asked by the server API's `info`. */
  readonly cluster: Cluster;
  /** Of the API's description. */
  readonly version: string;
}

export interface WebDeps {
  /** Folder of the built pages; absent or missing: no pages. */
  readonly webRoot?: string;
  /** Makes a token for a name, with the `admin` claim where that is asked for. Only in development on loopback; absent: the route does not exist. */
  readonly demoLogin?: (name: string, isAdmin: boolean) => Promise<string>;
}

/** More routes, made by other parts (the notification stream). */
export type RoutePlugin = (app: FastifyInstance) => void | Promise<void>;

/** Groups of routes; a role picks those it serves. `stats` is part of `api` too. */
export type RouteGroup = 'ops' | 'api' | 'stats' | 'docs' | 'web';

export interface HttpAppDeps extends HttpBase, OpsDeps, ApiDeps, WebDeps {
  /** Part of `api`; absent: no routes for files. */
  readonly uploads?: UploadRoutes;
  readonly plugins?: readonly RoutePlugin[];
  /** @default all */
  readonly groups?: readonly RouteGroup[];
  /** Paths that take WebSocket handshakes: a plain GET there is answered with 426. */
  readonly webSocketPaths?: readonly string[];
  /** Makes the server to listen with, for TLS. @default one that speaks http */
  readonly createServer?: (handler: RequestListener) => Server;
}
