/** Opens a database file with the settings that durability rests on, and tells failures apart. */
import { DatabaseSync } from 'node:sqlite';

const BUSY_TIMEOUT_MS = 5000;

/** Pages in the log before they are moved into the database file: 16 MiB. */
const CHECKPOINT_PAGES = 4000;
const MAX_IDLE_LOG_BYTES = 64 * 1024 * 1024;
const CACHE_KIB = 16 * 1024;

export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
  });
  try {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.exec(`PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    database.exec('PRAGMA temp_store = MEMORY');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * After a failed sync the log in memory and the log on disk may differ, and a second sync can
 * succeed without having written anything. So nothing is appended to that log any more: its
 * contents go into the database file by fresh writes, and it starts again from nothing.
 */
export function restartLog(database: DatabaseSync): void {
  const [result] = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  if (result?.['busy'] !== 0) throw new Error('another process is reading the database');
}

/** https://sqlite.org/rescode.html */
const BUSY = 5;
const FAILURES = new Map([
  [3, 'permission denied'],
  [BUSY, 'locked by another process'],
  [6, 'locked'],
  [7, 'out of memory'],
  [8, 'read-only'],
  [10, 'input/output error'],
  [11, 'corrupt'],
  [13, 'disk full'],
  [14, 'cannot open the file'],
  [26, 'not a database'],
]);

/** What is wrong with the device or file; undefined when the error is about one operation only. */
export function deviceFailureOf(error: unknown): string | undefined {
  const code = primaryCodeOf(error);
  return code === undefined ? undefined : FAILURES.get(code);
}

export const isLocked = (error: unknown): boolean => primaryCodeOf(error) === BUSY;

function primaryCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
