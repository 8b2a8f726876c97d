/**
 * The factory of application kinds: some are built in (kinds.ts), an embedding program may register
 * more under names of its own. SERVICE_ROLE and API_TYPE choose one by name.
 */
import type { Server } from 'node:http';
import type { Config } from '../config/load-config.ts';
import type { Logger } from '../ports/logger.ts';
import type { ThreadParts } from './workers-parts.ts';

export interface ApplicationContext {
  readonly config: Config;
  readonly logger: Logger;
  /** Serve the pages: messenger, chat room, console, playground. */
  readonly hasPages: boolean;
  /** In a worker thread (WORKERS): what the main thread gives instead of parts of its own. */
  readonly thread?: ThreadParts;
}

/** A running process of some kind. */
export interface Application {
  /** Opens the configured port; answers the one taken (PORT=0 takes any). */
  listen(): Promise<{ port: number; url: string }>;
  /** Serves the kind's paths on somebody else's HTTP server instead; all other paths stay theirs. */
  attach(server: Server): void;
  /**
   * Readiness red, after DRAIN_DELAY the port closed, connections closed in paced batches, outbox
   * flushed, everything released.
   */
  close(): Promise<void>;
  /** Reads again what may change without a restart: the certificate. Absent: there is nothing. */
  reload?(): void;
}

export type ApplicationFactory<A extends Application = Application> = (
  context: ApplicationContext,
) => Promise<A>;

/** @throws Error naming the known kinds; `readConfig` with `kinds` finds this before a start. */
export function factoryOf(
  kinds: ReadonlyMap<string, ApplicationFactory>,
  name: string,
): ApplicationFactory {
  const factory = kinds.get(name);
  if (factory !== undefined) return factory;
  throw new Error(
    `"${name}" is not a known application kind; use one of ${[...kinds.keys()].join(', ')}`,
  );
}
