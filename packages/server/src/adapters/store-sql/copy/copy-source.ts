/** The embedded database that is copied from: locked against servers, read in batches, not changed. */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { lockDatabase } from '../data-lock.ts';
import { migrateLocked } from '../migrate-sqlite.ts';
import { openDatabase } from '../sqlite-database.ts';
import { COPIED_TABLES, EXTENTS } from './copied-tables.ts';
import type { CopiedTable, Extent, ExtentOf, Key, Row } from './copied-tables.ts';

/** Whichever is reached first. */
const BATCH_ROWS = 2000;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

export interface CopySource {
  /** Rows per table. */
  readonly counts: ReadonlyMap<string, number>;
  /** Differs when anything was changed since: every change raises a counter or a number of rows. */
  readonly fingerprint: string;
  /** The highest id the outbox ever gave out; ids are not used twice. */
  readonly lastOutboxId: number;
  /** The next rows along the table's key; empty at the end. */
  read(table: CopiedTable, after: Key | undefined): readonly Row[];
  extents(kind: ExtentOf, after: string, limit: number): readonly Extent[];
  close(): void;
}

/**
 * Brings the file to this version's schema first, as a start of the server would.
 *
 * @throws DatabaseInUseError while a server has it open; Error when there is no such file
 */
export async function openCopySource(path: string): Promise<CopySource> {
  if (!existsSync(path)) {
    throw new Error(`--from: there is no file ${path}; name the carillon.db of the data directory`);
  }
  const lock = lockDatabase(path);
  try {
    await migrateLocked(path);
    const database = openDatabase(path);
    const counts = countsOf(database);
    return {
      counts,
      fingerprint: fingerprintOf(database, counts),
      lastOutboxId: numberOf(
        database,
        "select coalesce(max(seq), 0) as n from sqlite_sequence where name = 'outbox'",
      ),
      read: (table, after) => readBatch(database, table, after),
      extents: (kind, after, limit) =>
        database
          .prepare(EXTENTS[kind].replace('$after', '?').replace('$limit', '?'))
          // The columns are named in the statement.
          .all(after, limit) as unknown as Extent[],
      close: () => {
        database.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function countsOf(database: DatabaseSync): ReadonlyMap<string, number> {
  return new Map(
    COPIED_TABLES.map(({ name }) => [
      name,
      numberOf(database, `select count(*) as n from "${name}"`),
    ]),
  );
}

function fingerprintOf(database: DatabaseSync, counts: ReadonlyMap<string, number>): string {
  const sums = [
    'select coalesce(sum(rev), 0) as n from conversation',
    'select coalesce(sum(rev), 0) as n from inbox_state',
    'select coalesce(sum(version + chunk_count), 0) as n from task',
    'select coalesce(sum(attempts), 0) as n from outbox',
    "select count(*) as n from upload where state = 'kept'",
  ].map((sql) => numberOf(database, sql));
  return JSON.stringify([...counts.values(), ...sums]);
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(database.prepare(sql).get()?.['n'] ?? 0);
}

function readBatch(
  database: DatabaseSync,
  { name, key }: CopiedTable,
  after: Key | undefined,
): readonly Row[] {
  const columns = key.map((column) => `"${column}"`).join(', ');
  const places = key.map(() => '?').join(', ');
  const where = after === undefined ? '' : `where (${columns}) > (${places})`;
  const statement = database.prepare(
    `select * from "${name}" ${where} order by ${columns} limit ${BATCH_ROWS}`,
  );
  const rows: Row[] = [];
  let characters = 0;
  for (const found of statement.iterate(...(after ?? []))) {
    // Our columns hold text, numbers and null only (schema.ts).
    const row = found as Row;
    rows.push(row);
    for (const value of Object.values(row)) {
      if (typeof value === 'string') characters += value.length;
    }
    if (characters > BATCH_CHARACTERS) break;
  }
  return rows;
}
