/** The store of a process: PostgreSQL where DATABASE_URL is set, else SQLite in DATA_DIR. */
import { mkdirSync } from 'node:fs';
import { openSqliteStore } from '../adapters/store-sql/sqlite-store.ts';
import type { Config } from '../config/load-config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { databasePath } from './database-path.ts';
import { CONNECT_TIMEOUT_MS, shownUrl, startPart } from './start-part.ts';

export interface StoreDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @throws ConfigError when the database cannot be used. */
export async function openStore({ settings, kind }: Config, deps: StoreDeps): Promise<Store> {
  const { databaseUrl: url, dataDir } = settings;
  if (url === undefined) {
    mkdirSync(dataDir, { recursive: true });
    return openSqliteStore({ path: databasePath(dataDir), ...deps });
  }
  const { openPostgresStore } = await import('../adapters/store-sql/postgres/postgres-store.ts');
  return startPart(deps.clock, {
    setting: 'DATABASE_URL',
    target: shownUrl(url),
    open: () =>
      openPostgresStore({
        url,
        poolSize: settings.databasePoolSize,
        statementTimeoutMs: settings.databaseStatementTimeout,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        applicationName: `carillon ${kind}`,
        ...deps,
      }),
  });
}
