/**
 * Brings a PostgreSQL database to this version's schema. Several processes may start at once: an
 * advisory lock lets one migrate, the others wait and find nothing left to do.
 */
import { PostgresDialect } from 'kysely';
import type { PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { migrate } from '../migrations.ts';
import { addressOf, clientConfigOf } from './connection-settings.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { failureOf, reasonOf } from './postgres-failure.ts';

/** Any number that no other program of the database uses for its locks. */
const MIGRATION_LOCK = 7_214_860_133;

/** One migration may take its time on a big table; waiting for a frozen process may not. */
const LOCK_TIMEOUT_MS = 10 * 60_000;
const RETRY_MS = 250;

export interface MigratePostgresOptions {
  /** `postgresql://…`, with or without a driver suffix. */
  readonly url: string;
  /** How long a database that is just starting is waited for. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** Of its sessions; only tests change it. */
  readonly applicationName?: string;
}

/**
 * @returns names of the migrations applied now, oldest first; empty when it was up to date
 * @throws SchemaTooNewError; Error naming DATABASE_URL and the address when nobody answers there
 */
export async function migratePostgres(options: MigratePostgresOptions): Promise<readonly string[]> {
  const client = await connectWithin(options);
  try {
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await migrate(dialectOver(client), postgresDialect);
  } finally {
    // Ends the session, and the lock with it.
    await client.end();
  }
}

async function connectWithin(options: MigratePostgresOptions): Promise<pg.Client> {
  const { url, connectTimeoutMs = 10_000, applicationName } = options;
  const until = performance.now() + connectTimeoutMs;
  const config = {
    ...clientConfigOf({ url, statementTimeoutMs: 0, ...(applicationName && { applicationName }) }),
    connectionTimeoutMillis: connectTimeoutMs,
  };
  for (;;) {
    const client = new pg.Client(config);
    // What ends the connection later is told by the query that needs it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (failureOf(error) !== 'lost' || performance.now() + RETRY_MS > until) {
        throw new Error(
          `DATABASE_URL: cannot use PostgreSQL at ${addressOf(url)}: ${reasonOf(error)}; ` +
            'check that it runs, and host, port, database, user and password',
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Kysely wants a pool: this one has one connection, which stays its caller's. */
function dialectOver(client: pg.Client): PostgresDialect {
  // Kysely gives it SQL and parameters only.
  const query = client.query.bind(client) as PostgresPoolClient['query'];
  return new PostgresDialect({
    pool: {
      connect: () => Promise.resolve({ query, release: () => undefined }),
      end: () => Promise.resolve(),
    },
  });
}
