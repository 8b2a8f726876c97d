import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeContract } from '../../../../testkit/src/contracts/store-contract.ts';
import { WRITER_LEASE_MS } from '../../../../testkit/src/contracts/store-subject.ts';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import { openSqliteStore } from './sqlite-store.ts';

const silent = silentLogger();

storeContract('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-store-'));
  let now = 1_700_000_000_000;
  const store = await openSqliteStore({
    path: join(directory, 'test.db'),
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
      await rm(directory, { recursive: true, force: true });
    },
  };
});
