/**
 * One process per database. The lock is the operating system's, taken through SQLite on a file of
 * its own: it ends with the process, however that ends. The holder's pid stands in the file for the
 * error message of the other one.
 */
import { DatabaseSync } from 'node:sqlite';
import { isLocked } from './sqlite-database.ts';

export interface DataLock {
  /** May be called again. */
  release(): void;
}

/** Another process (or another store of this one) has the database open. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError';
}

/** @throws DatabaseInUseError naming the path and the holder's process id */
export function lockDatabase(path: string): DataLock {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    // The lock counts, not what is in the file: nothing here has to survive anything.
    lock.exec('PRAGMA synchronous = OFF');
    lock.exec('BEGIN IMMEDIATE');
    lock.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL)');
    lock.exec('DELETE FROM holder');
    lock.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid);
    lock.exec('COMMIT');
    // Open for writing until the end, so that others may read who holds it, but not take it.
    lock.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const holder = isLocked(error) ? holderOf(lock) : undefined;
    lock.close();
    if (!isLocked(error)) throw error;
    throw new DatabaseInUseError(
      `${path} is in use by process ${holder ?? 'unknown'}: ` +
        'two servers must not share one data directory; stop that process, or set DATA_DIR to another one',
    );
  }
  return {
    release: () => {
      if (lock.isOpen) lock.close();
    },
  };
}

function holderOf(lock: DatabaseSync): number | undefined {
  try {
    const pid = lock.prepare('SELECT pid FROM holder').get()?.['pid'];
    return typeof pid === 'number' ? pid : undefined;
  } catch {
    // Read in the instant between the holder's two transactions: only the message is poorer.
    return undefined;
  }
}
