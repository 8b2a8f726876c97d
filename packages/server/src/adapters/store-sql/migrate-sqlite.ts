/**
 * Brings a SQLite file to this version's schema. Kysely is loaded when it is needed: a server's
 * main thread never is the one to do this.
 */
import { lockDatabase } from './data-lock.ts';
import { openDatabase } from './sqlite-database.ts';

/**
 * For `carillon migrate`: makes the file where there is none.
 *
 * @param path of the database file; its directory must exist
 * @returns names of the migrations applied now, oldest first; empty when it was up to date
 * @throws SchemaTooNewError, DatabaseInUseError
 */
export async function migrateSqlite(path: string): Promise<readonly string[]> {
  const lock = lockDatabase(path);
  try {
    return await migrateLocked(path);
  } finally {
    lock.release();
  }
}

/** The same, for whoever holds the lock. */
export async function migrateLocked(path: string): Promise<readonly string[]> {
  const { migrate } = await import('./migrations.ts');
  const { executingDialect, sqliteDialect } = await import('./sqlite-dialect.ts');
  const database = openDatabase(path);
  try {
    return await migrate(executingDialect(database), sqliteDialect);
  } finally {
    database.close();
  }
}
