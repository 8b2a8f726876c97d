/**
 * Runs work on the pool's connections: alone, or in a transaction; again when another transaction
 * was in the way, or when a connection turned out to be dead before anything could be saved on it.
 * Whatever happens, an answer comes within the statement timeout and a little.
 */
import pg from 'pg';
import type { PoolClient } from 'pg';
import { StoreUnavailableError } from '../../../ports/store.ts';
import type { Logger } from '../../../ports/logger.ts';
import { Availability } from './availability.ts';
import { clientConfigOf } from './connection-settings.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { createConnection } from './postgres-executor.ts';
import type { Connection } from './postgres-executor.ts';
import { failureOf, reasonOf } from './postgres-failure.ts';
import type { Failure } from './postgres-failure.ts';

/** The server's own timeout is to come first: it leaves the connection usable. */
const GRACE_MS = 500;

const NO_CONNECTION = 'timeout exceeded when trying to connect';

/** How often the same is tried once more. */
const RETRIES: Readonly<Record<Failure, number>> = {
  lost: 2,
  conflict: 3,
  // Each time the connection is replaced, so it ends with the pool's last old one.
  stale: Number.POSITIVE_INFINITY,
  duplicate: 3,
  refused: 0,
  bug: 0,
};

export interface PostgresDatabaseOptions extends ConnectionSettings {
  readonly poolSize: number;
  readonly logger: Logger;
}

type Work<T> = (connection: Connection) => Promise<T>;

interface Kind {
  /** Absent: the statement commits by itself. */
  readonly begin?: string;
  /** Doing it twice does no harm. */
  readonly isRead: boolean;
}

const KINDS = {
  read: { isRead: true },
  snapshot: { begin: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', isRead: true },
  statement: { isRead: false },
  transaction: { begin: 'BEGIN', isRead: false },
} satisfies Readonly<Record<string, Kind>>;

/** snapshot: several reads that see one moment. statement: one that commits by itself. */
export type WorkKind = keyof typeof KINDS;

/** What went wrong, and whether it is certain that nothing was saved. */
class AttemptError extends Error {
  readonly failure: Failure;
  readonly isUnsaved: boolean;
  constructor(cause: unknown, isUnsaved: boolean) {
    super(reasonOf(cause), { cause });
    this.failure = failureOf(cause);
    this.isUnsaved = isUnsaved;
  }
}

export class PostgresDatabase {
  readonly #pool: pg.Pool;
  readonly #availability: Availability;
  readonly #timeoutMs: number;

  constructor(options: PostgresDatabaseOptions) {
    const { poolSize, statementTimeoutMs, logger } = options;
    this.#timeoutMs = statementTimeoutMs;
    this.#availability = new Availability(logger);
    this.#pool = new pg.Pool({
      ...clientConfigOf(options),
      pipeline: true,
      max: poolSize,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: statementTimeoutMs,
    });
    // A connection that ends is replaced; whoever was using it learns of it from its query.
    this.#pool.on('connect', (client) => {
      client.on('error', (error) => logger.debug({ err: error }, 'a database connection ended'));
    });
    this.#pool.on('error', () => undefined);
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  /**
   * @param since when the call began to wait, on the scale of `performance.now()`
   * @throws StoreUnavailableError; or what the database found wrong with the work itself
   */
  async run<T>(kind: WorkKind, work: Work<T>, since = performance.now()): Promise<T> {
    for (let retries = 0; ; retries += 1) {
      try {
        const value = await this.#attempt(KINDS[kind], work, since + this.#timeoutMs + GRACE_MS);
        this.#availability.worked();
        return value;
      } catch (error) {
        if (!(error instanceof AttemptError)) throw error;
        const { failure, isUnsaved } = error;
        const hasTime = performance.now() - since < this.#timeoutMs / 2;
        if (isUnsaved && hasTime && retries < RETRIES[failure]) continue;
        if (failure === 'bug' || failure === 'duplicate') throw error.cause;
        if (failure !== 'conflict' && failure !== 'stale') this.#availability.failed(error.message);
        throw new StoreUnavailableError(error.message, { cause: error.cause });
      }
    }
  }

  async #attempt<T>({ begin, isRead }: Kind, work: Work<T>, deadline: number): Promise<T> {
    const client = await this.#connect(deadline);
    const connection = createConnection(client, deadline);
    let isUnsaved = isRead || begin !== undefined;
    try {
      // Not waited for: it travels with the first statement.
      const begun = begin === undefined ? undefined : connection.query({ text: begin });
      begun?.catch(() => undefined);
      const value = await work(connection);
      if (begun !== undefined) {
        await begun;
        isUnsaved = isRead;
        await connection.query({ text: 'COMMIT' });
      }
      client.release();
      return value;
    } catch (error) {
      await this.#abandon({ client, connection, error, isOpen: begin !== undefined });
      // An error that the server answered a statement with has undone it, also without a transaction.
      throw new AttemptError(error, isUnsaved || failureOf(error) !== 'lost');
    }
  }

  async #connect(deadline: number): Promise<PoolClient> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const leftMs = Math.max(1, deadline - performance.now());
    const timer = setTimeout(() => reject(new Error(NO_CONNECTION)), leftMs);
    const connecting = this.#pool.connect();
    try {
      return await Promise.race([connecting, tooLate]);
    } catch (error) {
      // One that comes after all goes back.
      connecting.then(
        (client) => client.release(),
        () => undefined,
      );
      throw new AttemptError(error, true);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the transaction, so that its locks are free before a second attempt. */
  async #abandon(left: {
    readonly client: PoolClient;
    readonly connection: Connection;
    readonly error: unknown;
    readonly isOpen: boolean;
  }): Promise<void> {
    const failure = failureOf(left.error);
    let isUsable = failure === 'bug' || failure === 'duplicate';
    if (left.isOpen && failure !== 'lost') {
      try {
        await left.connection.query({ text: 'ROLLBACK' });
      } catch {
        isUsable = false;
      }
    }
    left.client.release(!isUsable);
  }
}
