import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  startPostgres,
  type PostgresServer,
} from '../../../packages/testkit/src/servers/postgres-server.ts';
import { testQueue, textOf, type QueueSubject, type TestQueue } from './queue-suite.ts';

const MANUAL = join(import.meta.dirname, '..', '..', '..', 'docs', 'queues.md');

let server: PostgresServer;
let subject: QueueSubject;
let tableSql: string;
const pools: pg.Pool[] = [];

/** What an operator is told to run. */
async function sqlOfManual(): Promise<string> {
  const blocks = (await readFile(MANUAL, 'utf8')).matchAll(/```sql\n([^`]*CREATE TABLE[^`]*)```/g);
  const [block] = [...blocks].map(([, sql]) => sql);
  if (block === undefined) throw new Error('docs/queues.md has no CREATE TABLE');
  return block;
}

async function makeQueue(): Promise<TestQueue> {
  const url = await server.createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  pools.push(pool);
  await pool.query(tableSql);
  return {
    env: {
      QUEUE_OUTBOX_DATABASE_URL: url,
      QUEUE_OUTBOX_TABLE: 'carillon_outbox',
      QUEUE_LEASE: '1s',
    },
    holdsAnything: false,
    send: async (messages) => {
      for (const message of messages) {
        await pool.query('INSERT INTO carillon_outbox (message) VALUES ($1)', [textOf(message)]);
      }
    },
    deadLetters: async () => {
      const { rows } = await pool.query<{ body: string; reason: string }>(
        'SELECT message::text AS body, reason FROM carillon_outbox WHERE dead_at IS NOT NULL',
      );
      return rows;
    },
    unsettled: async () => {
      const { rows } = await pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM carillon_outbox WHERE dead_at IS NULL',
      );
      return rows[0]?.n ?? 0;
    },
  };
}

beforeAll(async () => {
  [server, tableSql] = await Promise.all([
    // After the power cut: one sync of the file system instead of one per file.
    startPostgres({ settings: { recovery_init_sync_method: 'syncfs' } }),
    sqlOfManual(),
  ]);
  subject = { name: 'outbox', makeQueue, interrupt: () => server.restart('immediate') };
}, 60_000);
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await server.stop();
});

describe('PostgreSQL outbox', () => testQueue(() => subject, { ordersAcrossWorkers: true }));
