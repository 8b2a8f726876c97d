/** The store of a process: PostgreSQL where DATABASE_URL is set, else SQLite in DATA_DIR. */
import { mkdirSync } from 'node:fs';
import { openSqliteStore } from '../adapters/store-sql/sqlite-store.ts';
import type { Config } from '../config/load-config.ts';
import { ConfigError } from '../config/load-config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { databasePath } from './database-path.ts';

export interface StoreDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @throws ConfigError when the database cannot be used. */
export async function openStore({ settings }: Config, deps: StoreDeps): Promise<Store> {
  const { databaseUrl: url, dataDir } = settings;
  if (url === undefined) {
    mkdirSync(dataDir, { recursive: true });
    return openSqliteStore({ path: databasePath(dataDir), ...deps });
  }
  throw new ConfigError(['DATABASE_URL: PostgreSQL is not in this version']);
}
