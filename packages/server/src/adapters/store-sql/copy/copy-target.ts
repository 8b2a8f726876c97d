/**
 * The PostgreSQL database that is copied to. How far the copy has come is saved in the transaction
 * of each batch, in a table of its own that exists until the copy has been checked: a copy that is
 * killed goes on where it was, and no server starts on half a store (unfinished-copy.ts).
 */
import pg from 'pg';
import { addressOf, clientConfigOf } from '../postgres/connection-settings.ts';
import { migratePostgres } from '../postgres/migrate-postgres.ts';
import { storable } from '../postgres/storable-text.ts';
import { COPY_TABLE } from '../postgres/unfinished-copy.ts';
import { COPIED_TABLES, EXTENTS } from './copied-tables.ts';
import type { CopiedTable, Extent, ExtentOf, Key, Row } from './copied-tables.ts';

/** One copy at a time; held by the session, so it ends with the process. */
const COPY_LOCK = 7_214_860_134;

export interface CopiedSoFar {
  readonly rows: number;
  /** Absent before the first batch. */
  readonly lastKey?: Key;
}

export interface CopyTarget {
  /** True when an interrupted copy goes on. */
  readonly isResumed: boolean;
  progress(table: CopiedTable): Promise<CopiedSoFar>;
  /** The rows, and that they are there, in one transaction. */
  write(table: CopiedTable, rows: readonly Row[], so: Required<CopiedSoFar>): Promise<void>;
  count(table: CopiedTable): Promise<number>;
  extents(kind: ExtentOf, after: string, limit: number): Promise<readonly Extent[]>;
  /** Sets what hands out ids, gathers statistics, and lets servers start. */
  finish(lastOutboxId: number): Promise<void>;
  close(): Promise<void>;
}

interface ProgressRow {
  readonly table_name: string;
  readonly rows: number;
  readonly last_key: string | null;
}

/**
 * @throws Error when the target holds other data, another copy is running, or the source was
 *   changed since the copy began
 */
export async function openCopyTarget(url: string, fingerprint: string): Promise<CopyTarget> {
  await migratePostgres({ url });
  const client = new pg.Client(
    clientConfigOf({ url, statementTimeoutMs: 0, applicationName: 'carillon copy-store' }),
  );
  client.on('error', () => undefined);
  await client.connect();
  try {
    const isResumed = await begin(client, { url, fingerprint });
    // What a crash of the database takes back, it takes back with its progress.
    await client.query('set synchronous_commit = off');
    return targetOver(client, isResumed);
  } catch (error) {
    await client.end();
    throw error;
  }
}

function targetOver(client: pg.Client, isResumed: boolean): CopyTarget {
  return {
    isResumed,
    async progress({ name }) {
      const sql = `select rows, last_key from ${COPY_TABLE} where table_name = $1`;
      const [found] = await rowsOf<ProgressRow>(client, sql, [name]);
      const key = found?.last_key ?? null;
      return { rows: found?.rows ?? 0, ...(key !== null && { lastKey: JSON.parse(key) as Key }) };
    },
    write: (table, rows, so) => write(client, table, { rows, so }),
    async count({ name }) {
      const [found] = await rowsOf<{ n: number }>(client, `select count(*) as n from ${name}`);
      return found?.n ?? 0;
    },
    extents: (kind, after, limit) =>
      rowsOf<Extent>(client, EXTENTS[kind].replace('$after', '$1').replace('$limit', '$2'), [
        storable(after),
        limit,
      ]),
    finish: (lastOutboxId) => finish(client, lastOutboxId),
    close: () => client.end(),
  };
}

async function begin(
  client: pg.Client,
  { url, fingerprint }: { url: string; fingerprint: string },
): Promise<boolean> {
  const at = addressOf(url);
  const lock = `select pg_try_advisory_lock(${COPY_LOCK}) as is_free`;
  const [{ is_free: isFree } = { is_free: false }] = await rowsOf<{ is_free: boolean }>(
    client,
    lock,
  );
  if (!isFree) throw new Error(`--to: another copy into ${at} is running; let it end, or stop it`);
  const exists = `select to_regclass('${COPY_TABLE}') is not null as is_there`;
  const [{ is_there: isThere } = { is_there: false }] = await rowsOf<{ is_there: boolean }>(
    client,
    exists,
  );
  if (!isThere) {
    await refuseOtherData(client, at);
    await client.query(`create table ${COPY_TABLE} (table_name text primary key,
      rows bigint not null, last_key text, fingerprint text not null)`);
    for (const { name } of COPIED_TABLES) {
      const values = [name, fingerprint];
      await client.query(`insert into ${COPY_TABLE} values ($1, 0, null, $2)`, values);
    }
    return false;
  }
  const sql = `select count(*) as n from ${COPY_TABLE} where fingerprint = $1`;
  const [same] = await rowsOf<{ n: number }>(client, sql, [fingerprint]);
  if (same?.n === COPIED_TABLES.length) return true;
  throw new Error(
    `--to: ${at} holds an interrupted copy of another database, or --from was changed since; ` +
      'make the target database anew (DROP DATABASE, CREATE DATABASE) and start again',
  );
}

async function refuseOtherData(client: pg.Client, at: string): Promise<void> {
  for (const { name } of COPIED_TABLES) {
    const [found] = await rowsOf<{ n: number }>(client, `select count(*) as n from ${name}`);
    if (found !== undefined && found.n > 0) {
      throw new Error(
        `--to: ${at} is not empty: ${name} has ${found.n} row(s); ` +
          'name an empty database, two stores cannot be merged',
      );
    }
  }
}

async function write(
  client: pg.Client,
  { name }: CopiedTable,
  { rows, so }: { rows: readonly Row[]; so: Required<CopiedSoFar> },
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first)
    .map((column) => `"${column}"`)
    .join(', ');
  const insert = `insert into ${name} (${columns})
    select ${columns} from json_populate_recordset(null::${name}, $1::json)`;
  const values = JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string' ? storable(value) : value,
  );
  await client.query('begin');
  await client.query(insert, [values]);
  await client.query(`update ${COPY_TABLE} set rows = $2, last_key = $3 where table_name = $1`, [
    name,
    so.rows,
    JSON.stringify(so.lastKey),
  ]);
  await client.query('commit');
}

async function finish(client: pg.Client, lastOutboxId: number): Promise<void> {
  await client.query('set synchronous_commit = on');
  await client.query('begin');
  if (lastOutboxId > 0) await client.query("select setval('outbox_id_seq', $1)", [lastOutboxId]);
  await client.query(`drop table ${COPY_TABLE}`);
  await client.query('commit');
  for (const { name } of COPIED_TABLES) await client.query(`analyze ${name}`);
}

/** What the columns are is known to whoever wrote the SQL. */
async function rowsOf<R>(
  client: pg.Client,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly R[]> {
  return (await client.query(sql, [...values])).rows as R[];
}
