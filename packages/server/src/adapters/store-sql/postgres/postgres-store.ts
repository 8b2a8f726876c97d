/**
 * Opens a store on PostgreSQL: migrates, and offers the ports. Any number of processes may open the
 * same database. The repositories are SQLite's; what is asked thousands of times a second has
 * statements of its own that serve many callers at once.
 */
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Store } from '../../../ports/store.ts';
import { createStorePorts } from '../store-ports.ts';
import { createTimeOrderedIds } from '../time-ordered-id.ts';
import { addNotifications } from './add-notifications.ts';
import type { NotificationsToAdd } from './add-notifications.ts';
import { appendMessages } from './append-messages.ts';
import type { MessageToAppend } from './append-messages.ts';
import { Gathering } from './gathering.ts';
import { migratePostgres } from './migrate-postgres.ts';
import { PostgresCalls } from './postgres-calls.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { refuseUnfinishedCopy } from './unfinished-copy.ts';
import { warnOfUnsafeSettings } from './unsafe-settings.ts';

export interface PostgresStoreOptions {
  /** `postgresql://user:password@host:5432/database`, with or without a driver suffix. */
  readonly url: string;
  /** Connections at most. @default 10 */
  readonly poolSize?: number;
  /** No call waits longer, in ms. @default 10000 */
  readonly statementTimeoutMs?: number;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now'>;
  /** What `pg_stat_activity` shows. @default 'carillon' */
  readonly applicationName?: string;
  /** Calls waiting for an answer before further ones are refused as too busy. @default 8192 */
  readonly maxInFlight?: number;
  /** How long whoever wrote an outbox row has it to itself, in ms. @default 15000 */
  readonly writerLeaseMs?: number;
  /** How long a database that is just starting is waited for, in ms. @default 10000 */
  readonly connectTimeoutMs?: number;
}

const DEFAULTS = {
  poolSize: 10,
  statementTimeoutMs: 10_000,
  maxInFlight: 8192,
  writerLeaseMs: 15_000,
  connectTimeoutMs: 10_000,
};

const MAX_GROUP = 256;

/** While one group waits for the disk, the next one is being worked on. */
const GROUPS_ON_THEIR_WAY = 2;

const COMPLETE = `delete from outbox where id = any($1::bigint[])
  and (select set_config('synchronous_commit', 'off', true)) is not null`;

/**
 * @throws SchemaTooNewError when a newer version of Carillon made the schema; Error naming
 *   DATABASE_URL and the address when no database can be used there
 */
export async function openPostgresStore(given: PostgresStoreOptions): Promise<Store> {
  const options = { ...DEFAULTS, ...given };
  const { logger } = options;
  const applied = await migratePostgres(options);
  if (applied.length > 0) logger.info({ applied }, 'database schema brought up to date');
  const database = new PostgresDatabase(options);
  try {
    await database.run('read', refuseUnfinishedCopy);
    await warnOfUnsafeSettings(database, logger);
  } catch (error) {
    await database.end();
    throw error;
  }
  const calls = new PostgresCalls(database, { ...options, createId: createTimeOrderedIds() });
  const ports = createStorePorts(calls);
  return {
    ...ports,
    chat: { ...ports.chat, ...createAppend(database, calls, options) },
    inbox: { ...ports.inbox, ...createNotify(database, calls, options) },
    outbox: {
      ...ports.outbox,
      // Losing this to a power cut does no harm: the row is told again, and completed again.
      complete: (ids) =>
        calls.accept(() =>
          database.run('statement', async (connection) => {
            await connection.query({ name: 'carillon_complete', text: COMPLETE, values: [ids] });
          }),
        ),
    },
    ping: () => calls.call('ping'),
    close: () => calls.close(),
  };
}

type Settled = Required<Pick<PostgresStoreOptions, keyof typeof DEFAULTS>>;

function createAppend(
  database: PostgresDatabase,
  calls: PostgresCalls,
  { statementTimeoutMs, writerLeaseMs }: Settled,
): Pick<Store['chat'], 'appendMessage'> {
  const gathering = new Gathering({
    keysOf: ({ conversationId }: MessageToAppend) => [conversationId],
    groupKeysOf: (message) => [
      JSON.stringify([message.conversationId, message.sender, message.clientId]),
    ],
    run: (group, since) =>
      database.run('statement', (connection) => appendMessages(connection, group), since),
    maxGroup: MAX_GROUP,
    maxGroupsOnTheirWay: GROUPS_ON_THEIR_WAY,
    maxWaitMs: statementTimeoutMs,
  });
  return {
    appendMessage: (input) =>
      calls.accept(() => {
        const { now, id } = calls.stamp();
        return gathering.add({ ...input, id, now, leasedUntil: now + writerLeaseMs });
      }),
  };
}

function createNotify(
  database: PostgresDatabase,
  calls: PostgresCalls,
  { statementTimeoutMs, writerLeaseMs }: Settled,
): Pick<Store['inbox'], 'addNotifications'> {
  const gathering = new Gathering({
    keysOf: ({ users }: NotificationsToAdd) => users,
    groupKeysOf: ({ users }) => users,
    run: (group, since) =>
      database.run('statement', (connection) => addNotifications(connection, group), since),
    maxGroup: MAX_GROUP,
    maxGroupsOnTheirWay: GROUPS_ON_THEIR_WAY,
    maxWaitMs: statementTimeoutMs,
  });
  return {
    addNotifications: (input, users, pushTo) =>
      calls.accept(() => {
        const { now } = calls.stamp();
        const call = { input, users: [...new Set(users)], pushTo, now };
        return gathering.add({ ...call, leasedUntil: now + writerLeaseMs });
      }),
  };
}
