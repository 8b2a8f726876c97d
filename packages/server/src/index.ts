/**
 * Carillon inside a Node program: `createCarillon` makes the server, `attach` mounts it on the
 * program's own HTTP server, and the services are called as functions. Expected failures are
 * `Outcome` values (docs/errors.md); only bad configuration and failing devices throw.
 */
import type { Server } from 'node:http';
import type { Outcome } from '@carillon/protocol';
import { createPino, createPinoLogger } from './adapters/log-pino/pino-logger.ts';
import { loadConfig } from './config/load-config.ts';
import type { Environment } from './config/load-config.ts';
import type { SettingKey } from './config/settings.ts';
import type { BroadcastingService } from './domain/broadcasting/broadcasting-service.ts';
import type { ChatService } from './domain/chat/chat-service.ts';
import type { Accepted, InboxService, Notice } from './domain/inbox/inbox-service.ts';
import type { TaskService } from './domain/tasks/task-service.ts';
import type { PublishResult } from './ports/broker.ts';
import type { Logger } from './ports/logger.ts';
import type { ConnectionRegistry } from './ports/server-api.ts';
import type { Application, ApplicationContext, ApplicationFactory } from './roles/application.ts';
import { factoryOf } from './roles/application.ts';
import type { BuiltApplication } from './roles/application-of.ts';
import { buildApplication } from './roles/application-of.ts';
import { COMBINED, KINDS } from './roles/kinds.ts';

export type { Application, ApplicationContext, ApplicationFactory } from './roles/application.ts';
export { ConfigError } from './config/load-config.ts';
export type { Outcome } from '@carillon/protocol';

/** As in the configuration file: settings by their camelCase names (docs/configuration.md). */
export type CarillonSettings = {
  readonly [K in SettingKey]?: string | number | boolean | readonly string[];
};

export interface CarillonOptions extends CarillonSettings {
  /** Channel namespaces of the application, as in the configuration file. */
  readonly namespaces?: readonly object[];
  /** Path of a configuration file. @default CONFIG_FILE of `env` */
  readonly configFile?: string;
  /** @default process.env */
  readonly env?: Environment;
  /** @default JSON lines on standard output, at `logLevel` */
  readonly logger?: Logger;
  /**
   * Serve the pages: messenger, chat room, console, playground.
   * @default false for createCarillon, whose program has pages of its own; true for createApplication
   */
  readonly pages?: boolean;
}

export interface Carillon {
  /**
   * Serves Carillon's paths (`/connection`, `/ws`, `/api`, `/chat` …) on this server; requests for
   * other paths reach the listeners it already had.
   */
  attach(server: Server): void;
  /** Opens a server of its own on PORT instead. */
  listen(): Promise<{ readonly port: number; readonly url: string }>;
  /** To everybody subscribed to the channel. `data` is anything JSON can say. */
  publish(
    channel: string,
    data: unknown,
    options?: { readonly idempotencyKey?: string },
  ): Promise<Outcome<PublishResult>>;
  /** Stored in each user's inbox, shown at once to those connected, pushed to those away. */
  notify(users: readonly string[], notice: Notice): Promise<Outcome<Accepted>>;
  readonly inbox: InboxService;
  readonly chat: ChatService;
  readonly tasks: TaskService;
  readonly broadcasting: BroadcastingService;
  /** Who is connected, with which devices. */
  readonly connections: ConnectionRegistry;
  /** Sends everybody away in paced batches, tells what was accepted, releases everything. */
  close(): Promise<void>;
}

/** Whatever SERVICE_ROLE and API_TYPE say to other programs of the same environment. */
const EMBEDDED = { serviceRole: 'api', apiType: 'combined' } as const;

/**
 * With `redisUrl` (or `natsUrl`) and `databaseUrl` the program is one more process of an
 * installation: what it says reaches everybody's connections.
 *
 * @throws ConfigError listing every problem, each with its fix; also within 10 s when a server that
 *   the settings name is away.
 */
export async function createCarillon(options: CarillonOptions = {}): Promise<Carillon> {
  const context = contextOf({ pages: false, ...options, ...EMBEDDED });
  return libraryOf(await buildApplication(context, COMBINED));
}

export interface ApplicationOptions extends CarillonOptions {
  /** Kinds of your own, beside the built-in ones; a built-in name replaces that one. */
  readonly kinds?: Readonly<Record<string, ApplicationFactory>>;
}

/**
 * The application that SERVICE_ROLE and API_TYPE name, as `carillon serve` starts it.
 * @throws ConfigError, also for an unknown kind; it lists the known ones.
 */
export async function createApplication(options: ApplicationOptions = {}): Promise<Application> {
  const { kinds: added = {}, ...rest } = options;
  const kinds = new Map([...KINDS, ...Object.entries(added)]);
  const context = contextOf(rest, [...kinds.keys()]);
  return factoryOf(kinds, context.config.kind)(context);
}

function contextOf(options: CarillonOptions, kinds?: readonly string[]): ApplicationContext {
  const { configFile, env = process.env, logger, pages = true, ...overrides } = options;
  const config = loadConfig({ env, file: configFile, kinds, overrides });
  const log = logger ?? createPinoLogger(createPino({ level: config.settings.logLevel }));
  for (const warning of config.warnings) log.warn({}, warning);
  if (config.settings.workers !== 1) {
    log.warn({}, 'WORKERS is left out: a program that mounts the server has one thread of it');
  }
  return { config, logger: log, hasPages: pages };
}

function libraryOf(application: BuiltApplication): Carillon {
  const { publisher, connections, domain } = application;
  return {
    attach: (server) => application.attach(server),
    listen: () => application.listen(),
    publish: (channel, data, options) => publisher.publish(channel, JSON.stringify(data), options),
    notify: (users, notice) => domain.inbox.notify(notice, users),
    inbox: domain.inbox,
    chat: domain.chat,
    tasks: domain.tasks,
    broadcasting: domain.broadcasting,
    connections,
    close: () => application.close(),
  };
}
