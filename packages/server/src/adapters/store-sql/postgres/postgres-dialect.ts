/** PostgreSQL's side of SqlDialect, and what it can bind. */
import {
  DummyDriver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import type { SqlDialect } from '../sql-dialect.ts';
import { storable } from './storable-text.ts';
import { tableStorage } from './table-storage.ts';

export const postgresDialect: SqlDialect = {
  name: 'postgres',
  compiler: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  // The order of a language may change with the operating system, and would break the indexes.
  key: sql`text collate "C"`,
  big: 'bigint',
  serial: { type: 'bigserial', column: (c) => c.primaryKey() },
  ownMigrations: { '002-postgres-storage': tableStorage },
};

/** What PostgreSQL can bind. Anything else was passed by mistake. */
export function toBinding(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'number') return value;
  throw new TypeError(`cannot store this in PostgreSQL: ${typeof value}`);
}
