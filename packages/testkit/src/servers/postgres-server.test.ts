import { afterAll, beforeAll, expect, it } from 'vitest';
import pg from 'pg';
import { startPostgres } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 30_000);
afterAll(() => server.stop());

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('what was committed is there after either kind of restart', async () => {
  const url = await server.createDatabase();
  await query(url, 'CREATE TABLE t (n int)');
  for (const mode of ['fast', 'immediate'] as const) {
    await query(url, 'INSERT INTO t VALUES (1)');
    await server.restart(mode);
  }
  expect(await query(url, 'SELECT count(*)::int AS n FROM t')).toEqual([{ n: 2 }]);
});

it('every database is a new one', async () => {
  const urls = [await server.createDatabase(), await server.createDatabase()];
  expect(new Set(urls).size).toBe(2);
  for (const url of urls) await query(url, 'CREATE TABLE t (n int)');
});
