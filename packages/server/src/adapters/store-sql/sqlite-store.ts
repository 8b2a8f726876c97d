/** Opens the embedded store: takes the lock, migrates, starts the thread, and offers the ports. */
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store.ts';
import { lockDatabase } from './data-lock.ts';
import { createStorePorts } from './store-ports.ts';
import { WorkerClient } from './worker-client.ts';

export interface SqliteStoreOptions {
  /** Database file; its directory must exist. `<path>-wal`, `<path>-shm` and `<path>.lock` appear beside it. */
  readonly path: string;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now'>;
  /**
   * Operations waiting for an answer before further ones are refused as too busy.
   * @default 8192
   */
  readonly maxInFlight?: number;
  /**
   * How long whoever wrote an outbox row has it to itself before the relay may claim it, in ms.
   * @default 15000
   */
  readonly writerLeaseMs?: number;
}

/** The embedded store; other threads of the process use it through ports of their own (port-store.ts). */
export interface SqliteStore extends Store {
  /** Undefined while the store's thread is being restarted. Closed when that thread ends. */
  openPort(): MessagePort | undefined;
}

const DEFAULT_MAX_IN_FLIGHT = 8192;
const DEFAULT_WRITER_LEASE_MS = 15_000;

/**
 * @throws DatabaseInUseError when another process has it open
 * @throws SchemaTooNewError when a newer version of Carillon wrote it
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { path, logger, clock } = options;
  const { maxInFlight = DEFAULT_MAX_IN_FLIGHT, writerLeaseMs = DEFAULT_WRITER_LEASE_MS } = options;
  const lock = lockDatabase(path);
  const client = new WorkerClient({ path, logger, clock, maxInFlight, writerLeaseMs });
  try {
    const applied = await client.start();
    if (applied.length > 0) logger.info({ applied }, 'database schema brought up to date');
    await client.call('abandonLeases');
  } catch (error) {
    await client.close();
    lock.release();
    throw error;
  }
  return {
    ...createStorePorts(client),
    ping: () => client.call('ping'),
    openPort: () => client.openPort(),
    close: async () => {
      await client.close();
      lock.release();
    },
  };
}
