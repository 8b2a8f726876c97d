/**
 * The schema's history, in order. A migration that has been released is never edited: the next
 * change is the next number.
 */
import { Kysely, Migrator } from 'kysely';
import type { Dialect, Migration } from 'kysely';
import { firstTables } from './migrations/001-first-tables.ts';
import { taskChunks } from './migrations/003-task-chunks.ts';
import { taskOrder } from './migrations/004-task-order.ts';
import { uploads } from './migrations/005-uploads.ts';
import { SchemaTooNewError } from './schema-too-new-error.ts';
import type { SqlDialect } from './sql-dialect.ts';

const MIGRATION_TABLE = 'schema_migration';
const MIGRATION_LOCK_TABLE = 'schema_migration_lock';

const migrationsFor = (dialect: SqlDialect): Record<string, Migration> => ({
  '001-first-tables': { up: firstTables(dialect) },
  '003-task-chunks': { up: taskChunks(dialect) },
  '004-task-order': { up: taskOrder },
  '005-uploads': { up: uploads(dialect) },
  ...Object.fromEntries(Object.entries(dialect.ownMigrations).map(([name, up]) => [name, { up }])),
});

/**
 * Brings the schema up to date, all pending migrations in one transaction.
 *
 * @param executing a dialect that really executes, on the database to migrate
 * @returns names of the migrations applied now, oldest first
 * @throws SchemaTooNewError when the database knows migrations that this version does not
 */
export async function migrate(executing: Dialect, dialect: SqlDialect): Promise<readonly string[]> {
  const db = new Kysely<unknown>({ dialect: executing });
  const migrations = migrationsFor(dialect);
  await refuseNewerSchema(db, Object.keys(migrations));
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: MIGRATION_LOCK_TABLE,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? [])
    .filter((result) => result.status === 'Success')
    .map((result) => result.migrationName);
}

async function refuseNewerSchema(db: Kysely<unknown>, known: readonly string[]): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === MIGRATION_TABLE)) return;
  const applied = await db
    .withTables<{ [MIGRATION_TABLE]: { name: string } }>()
    .selectFrom(MIGRATION_TABLE)
    .select('name')
    .orderBy('name')
    .execute();
  const unknown = applied.filter((row) => !known.includes(row.name));
  const newest = unknown.at(-1);
  if (newest === undefined) return;
  throw new SchemaTooNewError(
    `the database has schema ${newest.name}, this version of Carillon knows schemas up to ` +
      `${known.at(-1)}: start the newer version again, or restore a backup made before the upgrade`,
  );
}
