/**
 * SQLite's side of SqlDialect, and the bridge between Kysely and `node:sqlite` that migrations run
 * over. The hot path does not come through here (sqlite-executor.ts).
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  DummyDriver,
  SqliteAdapter,
  SqliteDialect,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Dialect } from 'kysely';
import type { SqlDialect } from './sql-dialect.ts';

/** SQLite has one writer at a time: asking for locks on rows means nothing to it. */
class LocklessCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(): void {
    // Left out.
  }
}

export const sqliteDialect: SqlDialect = {
  name: 'sqlite',
  compiler: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new LocklessCompiler(),
  },
  key: 'text',
  big: 'integer',
  serial: { type: 'integer', column: (c) => c.primaryKey().autoIncrement() },
  ownMigrations: {},
};

/**
 * SQLite rolls table changes back like any other; Kysely's own adapter does not make use of it, and
 * a process killed during its first start would leave half a schema behind.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** For migrations. The caller goes on owning the database and closes it. */
export function executingDialect(database: DatabaseSync): Dialect {
  const dialect = new SqliteDialect({
    database: {
      close: () => undefined,
      prepare: (sql) => {
        const statement = database.prepare(sql);
        return {
          reader: statement.columns().length > 0,
          all: (values) => statement.all(...values.map(toBinding)),
          run: (values) => statement.run(...values.map(toBinding)),
          iterate: (values) => statement.iterate(...values.map(toBinding)),
        };
      },
    },
  });
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => dialect.createDriver(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

/** What SQLite can bind. Anything else was passed by mistake. */
export function toBinding(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  throw new TypeError(`cannot store this in SQLite: ${typeof value}`);
}
