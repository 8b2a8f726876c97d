/**
 * Changes of the same row take turns before they take a connection: whoever waits for a row's lock
 * would keep a connection from others. Those who have been waiting go together, in one transaction.
 */
import { StoreUnavailableError } from '../../../ports/store.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import type { Connection } from './postgres-executor.ts';

/** Bounds how long the first of a group waits for the last one. */
const MAX_GROUP = 64;

interface Waiting {
  readonly work: (connection: Connection) => Promise<unknown>;
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Turns {
  readonly #database: Pick<PostgresDatabase, 'run'>;
  readonly #maxWaitMs: number;
  /** There while somebody is at work on the key; holds those who come after. */
  readonly #queues = new Map<string, Waiting[]>();

  constructor(database: Pick<PostgresDatabase, 'run'>, maxWaitMs: number) {
    this.#database = database;
    this.#maxWaitMs = maxWaitMs;
  }

  /** @param work runs in a transaction, after all that was asked for the same key before */
  take<T>(key: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = {
        work,
        since: performance.now(),
        // What comes out is what this very work has made.
        resolve: (value) => resolve(value as T),
        reject,
      };
      const queue = this.#queues.get(key);
      if (queue !== undefined) return void queue.push(waiting);
      const own = [waiting];
      this.#queues.set(key, own);
      void this.#serve(key, own);
    });
  }

  async #serve(key: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const group = queue.splice(0, MAX_GROUP).filter((call) => this.#isInTime(call));
      if (group.length > 0) await this.#answer(group);
    }
    this.#queues.delete(key);
  }

  #isInTime({ since, reject }: Waiting): boolean {
    if (performance.now() - since < this.#maxWaitMs) return true;
    reject(new StoreUnavailableError('the database is too busy: waited for too long'));
    return false;
  }

  /** What one call does wrong must not undo the others: then each is tried by itself. */
  async #answer(group: readonly Waiting[]): Promise<void> {
    try {
      const values = await this.#database.run(
        'transaction',
        async (connection) => {
          const made: unknown[] = [];
          for (const { work } of group) made.push(await work(connection));
          return made;
        },
        group[0]?.since,
      );
      for (const [index, { resolve }] of group.entries()) resolve(values[index]);
    } catch (error) {
      if (error instanceof StoreUnavailableError || group.length === 1) {
        for (const { reject } of group) reject(error);
      } else {
        for (const call of group) await this.#answer([call]);
      }
    }
  }
}
