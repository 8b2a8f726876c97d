import { afterAll, beforeAll } from 'vitest';
import { storeContract } from '../../../../../testkit/src/contracts/store-contract.ts';
import { WRITER_LEASE_MS } from '../../../../../testkit/src/contracts/store-subject.ts';
import { startPostgres } from '../../../../../testkit/src/servers/postgres-server.ts';
import type { PostgresServer } from '../../../../../testkit/src/servers/postgres-server.ts';
import type { Logger } from '../../../ports/logger.ts';
import { openPostgresStore } from './postgres-store.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 30_000);
afterAll(() => server.stop());

storeContract('PostgreSQL', async () => {
  let now = 1_700_000_000_000;
  const store = await openPostgresStore({
    url: await server.createDatabase(),
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
    remove: () => store.close(),
  };
});
