/**
 * A process of some kind from its shape: which sides it has. Owns the order of the start and of
 * the end.
 *
 *   close: ready red ─DRAIN_DELAY─▶ port and queues closed ─▶ connections sent away, paced ─▶
 *          requests and messages under way finished ─▶ outbox told ─▶ engine and store released
 */
import type { Server } from 'node:http';
import type { Consuming } from '../consuming/consuming.ts';
import type { Domain } from '../domain/domain.ts';
import type { HttpApp } from '../http/http-app.ts';
import type { RouteGroup } from '../http/http-deps.ts';
import type { ConnectionRegistry, Publisher } from '../ports/server-api.ts';
import type { Application, ApplicationContext } from './application.ts';
import { createConsumers } from './consumers.ts';
import type { Core } from './core-of.ts';
import { createCore } from './core-of.ts';
import { createHttpSide } from './http-side.ts';
import type { Parts } from './parts.ts';
import { createParts } from './parts.ts';
import { openPort, takeRequests, takeUpgrades } from './port.ts';
import type { TlsServer } from './tls-server.ts';
import { createTlsServer } from './tls-server.ts';
import { VERSION } from './version.ts';
import type { WebSocketSide } from './websocket-side.ts';
import { createWebSocketSide } from './websocket-side.ts';

/** What a kind of process does. */
export interface Shape {
  readonly groups: readonly RouteGroup[];
  /** The notification stream for SSE clients. */
  readonly hasStream: boolean;
  readonly hasWebSockets: boolean;
  /** Pushes, what others left in the outbox, and queues. */
  readonly hasBackgroundWork: boolean;
}

/** With what an embedding program calls as functions. */
export interface BuiltApplication extends Application {
  readonly publisher: Publisher;
  readonly connections: ConnectionRegistry;
  readonly domain: Domain;
}

interface Sides {
  readonly parts: Parts;
  readonly http: HttpApp;
  readonly sockets: WebSocketSide | undefined;
  readonly consumers: Consuming | undefined;
  readonly tls: TlsServer | undefined;
}

/** Known to the parts, which are made before the application. */
interface Life {
  isStopping: boolean;
  isPortClosed: boolean;
}

/** What requests under way are given to finish, when everybody has been sent away. */
const HTTP_CLOSE_TIMEOUT_MS = 2_000;

/** @throws ConfigError when something that it needs cannot be used. */
export async function buildApplication(
  context: ApplicationContext,
  shape: Shape,
): Promise<BuiltApplication> {
  const tls = createTlsServer(context);
  let core: Core | undefined;
  try {
    core = await createCore(context, { relaysOutbox: shape.hasBackgroundWork });
    const life: Life = { isStopping: false, isPortClosed: false };
    const parts = createParts(context, core, () => life.isStopping);
    const sockets = shape.hasWebSockets ? createWebSocketSide(parts) : undefined;
    const consumers = hasConsumers(context, shape) ? await consumersOf(parts) : undefined;
    const http = await createHttpSide(parts, {
      ...shape,
      healthChecks: [...core.healthChecks, ...(consumers?.healthChecks ?? [])],
      sockets,
      createServer: tls?.createServer,
    });
    await http.app.ready();
    await core.start();
    consumers?.start();
    return assemble({ parts, http, sockets, consumers, tls }, life);
  } catch (error) {
    tls?.close();
    // The store's thread would keep a process alive that has no server.
    await core?.close();
    throw error;
  }
}

/** Of the threads of one process (WORKERS) one is enough, and keeps the order. */
const hasConsumers = ({ thread }: ApplicationContext, { hasBackgroundWork }: Shape): boolean =>
  hasBackgroundWork && (thread === undefined || thread.number === 1);

/** A message is not attempted while the store or the engine is away. */
function consumersOf({ config, core, dispatcher, logger }: Parts): Promise<Consuming> {
  return createConsumers(config, {
    ...core,
    dispatcher,
    logger,
    publisher: core.node,
    dependencies: core.healthChecks,
  });
}

function assemble(sides: Sides, life: Life): BuiltApplication {
  const { parts, http, sockets, tls } = sides;
  const { config, core, exposure, logger } = parts;
  const prepare = (server: Server): void => {
    takeUpgrades(server, { sockets, isPortClosed: () => life.isPortClosed });
    exposure.watch(server);
  };
  return {
    publisher: core.node,
    connections: core.node,
    domain: core.domain,
    listen: async () => {
      prepare(http.app.server);
      const opened = await openPort(http, { ...parts, isSecure: tls !== undefined });
      logger.info({ url: opened.url, kind: config.kind, version: VERSION }, 'listening');
      return opened;
    },
    attach: (server) => {
      prepare(server);
      takeRequests(server, http);
    },
    close: () => closeInOrder(sides, life),
    ...(tls === undefined ? {} : { reload: () => tls.reload() }),
  };
}

async function closeInOrder(
  { parts, http, sockets, consumers, tls }: Sides,
  life: Life,
): Promise<void> {
  const { config, core, logger } = parts;
  life.isStopping = true;
  await pause(core, config.settings.drainDelay);
  // Nobody new from here on: a client that is sent away must not come back to this process.
  life.isPortClosed = true;
  const portClosed = http.app.close();
  const queuesLeft = consumers?.close();
  await core.drain();
  await sockets?.transport.close();
  // A connection that was opened in advance and never used is not idle to Node: it would hold
  // the close up until its headers time out.
  const cancel = core.clock.after(HTTP_CLOSE_TIMEOUT_MS, () => {
    http.app.server.closeAllConnections();
  });
  await portClosed;
  cancel();
  await queuesLeft;
  await parts.console.service.campaigns.stop();
  await core.close();
  tls?.close();
  logger.info({}, 'stopped');
}

function pause({ clock }: Core, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs === 0) resolve();
    else clock.after(delayMs, resolve);
  });
}
