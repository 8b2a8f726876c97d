import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { storeContract } from '../../../../../testkit/src/contracts/store-contract.ts';
import { WRITER_LEASE_MS } from '../../../../../testkit/src/contracts/store-subject.ts';
import { startPostgres } from '../../../../../testkit/src/servers/postgres-server.ts';
import type { PostgresServer } from '../../../../../testkit/src/servers/postgres-server.ts';
import { silentLogger } from '../../../../../testkit/src/simulation/node-fixture.ts';
import { openPostgresStore } from './postgres-store.ts';

const silent = silentLogger();

let server: PostgresServer;
let cleaner: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  cleaner = new pg.Client(server.url);
  await cleaner.connect();
}, 30_000);
afterAll(async () => {
  await cleaner.end();
  await server.stop();
});

/** Much faster than a database for each test; a table that is forgotten here makes tests fail. */
const EMPTY = ['conversation', 'notification', 'inbox_state', 'task', 'upload', 'outbox', 'probe']
  .map((table) => `DELETE FROM ${table}`)
  .join(';');

storeContract('PostgreSQL', async () => {
  let now = 1_700_000_000_000;
  const store = await openPostgresStore({
    url: server.url,
    logger: silent,
    clock: { now: () => now },
    writerLeaseMs: WRITER_LEASE_MS,
  });
  return {
    store,
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    remove: async () => {
      await store.close();
      await cleaner.query(EMPTY);
    },
  };
});
