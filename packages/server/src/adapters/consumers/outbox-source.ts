/**
 * A table of the application's own PostgreSQL database, written in the transaction of the change
 * it speaks of. A trigger's NOTIFY wakes, polling catches what a lost connection missed. Rows are
 * leased: a row of a key waits while an earlier one of the key is with another worker. Done rows
 * are deleted; dead letters stay, with the reason, until somebody clears `dead_at`.
 */
import type * as Pg from 'pg';
import type { Client, Pool } from 'pg';
import type { QueueHandler, QueueSource, QueueState } from '../../ports/queue-source.ts';
import { loadClient } from './client-module.ts';
import { createInHand, type InHand } from './in-hand.ts';
import { createOutboxListener, type OutboxListener } from './outbox-listener.ts';
import { outboxStatements, type OutboxStatements } from './outbox-statements.ts';
import {
  CONNECT_TIMEOUT_MS,
  pause,
  repeatedly,
  RETRY_MS,
  type SourceOptions,
} from './source-options.ts';

export interface OutboxOptions extends SourceOptions {
  /** `postgresql://user:password@host:port/database`. */
  readonly url: string;
  /** `table` or `schema.table`; NOTIFY goes to the channel of this name. */
  readonly table: string;
}

interface Row {
  readonly id: string;
  readonly message: string;
  readonly key: string | null;
  readonly deliveries: number;
}

/** Without NOTIFY, and for what a dead worker had, the table is looked at so often. */
const POLL_MS = 5_000;
const CONNECTIONS = 3;
const CLAIM = 100;

type Postgres = Pick<typeof Pg, 'Client' | 'Pool'>;

/** @throws Error when the package `pg` is not installed. */
export async function loadOutbox(): Promise<(options: OutboxOptions) => QueueSource> {
  const { default: pg } = await loadClient('pg', {
    setting: 'QUEUE_OUTBOX_DATABASE_URL',
    load: () => import('pg'),
  });
  return (options) => new OutboxSource(pg, options);
}

class OutboxSource implements QueueSource {
  readonly name = 'outbox';
  readonly #options: OutboxOptions;
  readonly #inHand: InHand;
  readonly #pool: Pool;
  readonly #sql: OutboxStatements;
  readonly #listener: OutboxListener;
  readonly #leaseMs: number;
  readonly #ids = new Set<string>();
  #reading: Promise<void> = Promise.resolve();
  #stopLeasing = (): void => undefined;
  #isClosing = false;
  #wake = (): void => undefined;
  #isWoken = false;

  constructor(pg: Postgres, options: OutboxOptions) {
    const { url: connectionString, table, logger, clock, prefetch } = options;
    this.#options = options;
    this.#inHand = createInHand(prefetch);
    this.#leaseMs = options.leaseMs;
    this.#sql = outboxStatements(table);
    const connection = { connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
    this.#pool = new pg.Pool({ ...connection, max: CONNECTIONS });
    this.#pool.on('error', (error) => {
      logger.debug({ reason: error.message }, 'outbox: an idle connection was lost');
    });
    this.#listener = createOutboxListener({
      connect: (): Client => new pg.Client(connection),
      channel: table,
      clock,
      logger,
      onNotify: () => this.#look(),
    });
  }

  async start(handler: QueueHandler): Promise<void> {
    // Says at once when the table is not there or has other columns.
    await this.#pool.query(this.#sql.count);
    await this.#listener.start();
    this.#stopLeasing = repeatedly(
      {
        clock: this.#options.clock,
        ms: this.#leaseMs / 3,
        onError: (error) => {
          this.#options.logger.warn({ reason: String(error) }, 'outbox: leases were not renewed');
        },
      },
      async () => {
        if (this.#ids.size === 0) return;
        await this.#pool.query(this.#sql.lease, [[...this.#ids], this.#leaseMs]);
      },
    );
    this.#reading = this.#read(handler);
  }

  async inspect(): Promise<QueueState> {
    const { rows } = await this.#pool.query<{ waiting: string }>(this.#sql.count);
    return { waiting: Number(rows[0]?.waiting ?? 0) };
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#look();
    await this.#reading;
    await this.#inHand.whenEmpty();
    this.#stopLeasing();
    await this.#listener.close();
    await this.#pool.end();
  }

  async #read(handler: QueueHandler): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#isClosing) {
      try {
        await this.#inHand.whenFree();
        this.#isWoken = false;
        const limit = Math.min(CLAIM, this.#inHand.free);
        const rows = await this.#claim(limit);
        for (const row of rows) {
          this.#ids.add(row.id);
          const handled = this.#handle(row, handler).finally(() => {
            this.#ids.delete(row.id);
            // The next of its key may have waited for it.
            if (row.key !== null) this.#look();
          });
          this.#inHand.add(handled);
        }
        if (rows.length < limit) await this.#untilWoken();
      } catch (error) {
        if (this.#isClosing) return;
        logger.warn({ reason: String(error) }, 'outbox: the table cannot be read');
        await pause(clock, RETRY_MS);
      }
    }
  }

  /** One worker after the other, so that nobody takes a row whose forerunner is just being taken. */
  async #claim(limit: number): Promise<readonly Row[]> {
    if (this.#isClosing) return [];
    const client = await this.#pool.connect();
    // The query under way fails with it; without a listener it would end the process too.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `carillon queue ${this.#options.table}`,
      ]);
      const { rows } = await client.query<Row>(this.#sql.claim, [
        limit,
        this.#leaseMs,
        [...this.#ids],
      ]);
      await client.query('COMMIT');
      client.off('error', ignore);
      client.release();
      return rows.toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async #handle({ id, message, key, deliveries }: Row, handler: QueueHandler): Promise<void> {
    const { logger } = this.#options;
    const settlement = await handler({
      body: Buffer.from(message),
      id,
      ...(key !== null && key !== '' && { key }),
      redeliveries: deliveries - 1,
    });
    try {
      if (settlement.type === 'ack') await this.#pool.query(this.#sql.done, [id]);
      else if (settlement.type === 'dead') {
        await this.#pool.query(this.#sql.dead, [id, settlement.reason.replaceAll('\0', '')]);
      } else await this.#pool.query(this.#sql.giveBack, [id, settlement.delayMs]);
    } catch (error) {
      logger.warn({ reason: String(error) }, 'outbox: a row was not settled; it comes again');
    }
  }

  #look(): void {
    this.#isWoken = true;
    this.#wake();
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isWoken || this.#isClosing) {
        resolve();
        return;
      }
      const finish = (): void => {
        cancel();
        this.#wake = () => undefined;
        resolve();
      };
      const cancel = this.#options.clock.after(Math.min(POLL_MS, this.#leaseMs), finish);
      this.#wake = finish;
    });
  }
}
