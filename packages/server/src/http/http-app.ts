/**
 * Puts the HTTP side together: what holds for every request, then the groups of routes a role
 * serves. The application works on a server of its own (`app.listen`) or behind somebody else's
 * (`handleRequest`).
 */
import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyServerFactory } from 'fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { acceptJsonBodies } from './body-parser.ts';
import { ANONYMOUS_CALLER, backendOf } from './caller.ts';
import { registerChatSendRoutes } from './chat-send-route.ts';
import { registerConsoleLogin } from './console-login-route.ts';
import { registerDocsRoutes } from './docs-routes.ts';
import { answerError, answerUnknownRoute } from './failures.ts';
import type { ApiDeps, HttpAppDeps, HttpBase, RouteGroup } from './http-deps.ts';
import { isFromLoopback } from './loopback.ts';
import { registerOpsRoutes } from './ops-routes.ts';
import { logRequests, requestIdOf } from './request-log.ts';
import { registerRestRoutes } from './rest-routes.ts';
import { createRouteTable, type RouteTable } from './route-table.ts';
import { sendSecurityHeaders } from './security-headers.ts';
import { registerServerApi } from './server-api/routes.ts';
import { registerStatsRoute } from './stats-route.ts';
import { limitBodies, UPLOAD_TIMEOUT_MS } from './uploads/slow-bodies.ts';
import { registerUploadRoutes } from './uploads/upload-routes.ts';
import { registerWebRoutes } from './web-routes.ts';

export interface HttpApp {
  readonly app: FastifyInstance;
  /** Whether some route here has this path, whatever the method. `path` is without query. */
  ownsPath(path: string): boolean;
  /** Answers a request whose path is ours and says true; false: not ours, nothing was done. After `app.ready()`. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
}

const ALL_GROUPS: readonly RouteGroup[] = ['ops', 'api', 'docs', 'web'];
const MAX_PATH_PARAMETER = 512;

const serverOf = (
  createServer: HttpAppDeps['createServer'],
): { serverFactory?: FastifyServerFactory<Server> } =>
  createServer === undefined ? {} : { serverFactory: (handler) => createServer(handler) };

const createFastify = (deps: HttpBase & Pick<HttpAppDeps, 'createServer'>): FastifyInstance => {
  const { settings, random, createServer } = deps;
  const app = Fastify({
    logger: false,
    genReqId: requestIdOf(random),
    requestIdHeader: false,
    // Only the last address, which our own proxy wrote: those before it are the client's say.
    trustProxy: settings.trustProxy ? (_address, hop) => hop === 0 : false,
    bodyLimit: settings.maxBodyBytes,
    requestTimeout: UPLOAD_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // What comes on an open connection while the port closes is still served.
    return503OnClosing: false,
    ...serverOf(createServer),
    frameworkErrors: (error, request, reply) => {
      void answerError(deps)(error, request, reply);
    },
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
  });
  app.decorateRequest('caller');
  return app;
};

/** Before anything is looked up or read. Backends with a valid key send as much as they like. */
const limitRequests = async (app: FastifyInstance, deps: HttpBase): Promise<void> => {
  const { rate, isProduction } = deps.settings;
  await app.register(rateLimit, {
    global: false,
    max: rate.count,
    timeWindow: rate.perMs,
    cache: 10_000,
    allowList: (request) =>
      request.routeOptions.config.rateLimit === false ||
      backendOf(deps, request)?.ok === true ||
      (!isProduction && isFromLoopback(request)),
  });
  // For the whole application, not per route: so it comes before the routes' own hooks, which
  // check credentials, and guessing them is limited too.
  app.addHook('onRequest', app.rateLimit());
};

const allowOrigins = async (app: FastifyInstance, allowed: readonly string[]): Promise<void> => {
  if (allowed.length === 0) return;
  await app.register(cors, {
    origin: allowed.includes('*') ? '*' : [...allowed],
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'x-request-id', 'last-event-id'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: 600,
  });
};

/** REST, the server API and the plain HTTP endpoints. */
export const registerApiRoutes = (app: FastifyInstance, deps: HttpBase & ApiDeps): void => {
  registerRestRoutes(app, deps);
  registerServerApi(app, deps);
  registerChatSendRoutes(app, deps);
  registerStatsRoute(app, deps);
  registerConsoleLogin(app, deps);
};

const registerGroups = async (app: FastifyInstance, deps: HttpAppDeps): Promise<void> => {
  const groups = new Set(deps.groups ?? ALL_GROUPS);
  if (groups.has('ops')) registerOpsRoutes(app, deps);
  if (groups.has('api')) registerApiRoutes(app, deps);
  else if (groups.has('stats')) registerStatsRoute(app, deps);
  if (groups.has('docs')) {
    await registerDocsRoutes(app, {
      procedures: deps.dispatcher.procedures,
      version: deps.version,
    });
  }
  if (groups.has('web')) await registerWebRoutes(app, deps);
  if (groups.has('api') && deps.uploads !== undefined) {
    await registerUploadRoutes(app, { ...deps, ...deps.uploads });
  }
  for (const plugin of deps.plugins ?? []) await plugin(app);
};

const webSocketTable = (paths: readonly string[]): RouteTable => {
  const table = createRouteTable();
  for (const path of paths) table.add('GET', path);
  return table;
};

const pathOf = (request: IncomingMessage): string => request.url?.split('?', 1)[0] ?? '';

export const createHttpApp = async (deps: HttpAppDeps): Promise<HttpApp> => {
  const app = createFastify(deps);
  const routes = createRouteTable();
  const webSockets = webSocketTable(deps.webSocketPaths ?? []);
  app.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  app.addHook('onRequest', async (request) => {
    request.caller = ANONYMOUS_CALLER;
  });
  logRequests(app, deps);
  limitBodies(app, deps.clock);
  acceptJsonBodies(app, deps.settings.maxJsonDepth);
  app.setErrorHandler(answerError(deps));
  await sendSecurityHeaders(app);
  await allowOrigins(app, deps.settings.allowedOrigins);
  await limitRequests(app, deps);
  app.setNotFoundHandler(answerUnknownRoute(routes, webSockets));
  await registerGroups(app, deps);

  const ownsPath = (path: string): boolean =>
    routes.methodsOf(path).length > 0 || webSockets.methodsOf(path).length > 0;
  return {
    app,
    ownsPath,
    handleRequest: (request, response) => {
      if (!ownsPath(pathOf(request))) return false;
      app.routing(request, response);
      return true;
    },
  };
};
