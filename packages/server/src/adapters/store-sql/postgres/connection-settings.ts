/**
 * How this process connects: what DATABASE_URL says, and the limits that keep a call from waiting
 * for ever. Every connection is opened with the same ones.
 */
import pg from 'pg';
import type { ClientConfig } from 'pg';
import { asItWas } from './storable-text.ts';

const INT8 = 20;
const TEXT = 25;

export interface ConnectionSettings {
  /** `postgresql://…`, with or without a driver suffix (`postgresql+psycopg://…`). */
  readonly url: string;
  readonly statementTimeoutMs: number;
  /** What `pg_stat_activity` shows. @default 'carillon' */
  readonly applicationName?: string;
}

/** Drivers of other languages name themselves after a plus; libpq knows no such scheme. */
const withoutDriver = (url: string): string =>
  url.replace(/^(?:postgres|postgresql)(?:\+[a-z0-9_]+)?:\/\//i, 'postgresql://');

/**
 * @throws TypeError when the URL cannot be read
 */
export function clientConfigOf(settings: ConnectionSettings): ClientConfig {
  const connectionString = withoutDriver(settings.url);
  if (!URL.canParse(connectionString)) {
    throw new TypeError(
      'DATABASE_URL is not a URL: write postgresql://user:password@host:5432/database, ' +
        'with special characters of the password percent-encoded',
    );
  }
  return {
    connectionString,
    application_name: settings.applicationName ?? 'carillon',
    keepAlive: true,
    types: columnTypes(),
    statement_timeout: settings.statementTimeoutMs,
    // A process that is stopped in the middle of a transaction gives its locks back.
    idle_in_transaction_session_timeout: settings.statementTimeoutMs,
  };
}

/** Where the database is, for messages and logs: never with a user name or password. */
export function addressOf(url: string): string {
  const plain = withoutDriver(url);
  if (!URL.canParse(plain)) return 'an unreadable address';
  const { hostname, port, pathname } = new URL(plain);
  return `${hostname === '' ? 'localhost' : hostname}:${port === '' ? '5432' : port}${pathname}`;
}

/** Counters and times are 64 bits wide there, and safely below 2^53 here. */
function columnTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(TEXT, asItWas);
  return types;
}
