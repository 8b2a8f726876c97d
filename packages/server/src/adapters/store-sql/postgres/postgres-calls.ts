/** Runs the operations of operations.ts by name, and lets a store be closed when all are answered. */
import type { Clock } from '../../../ports/clock.ts';
import { StoreUnavailableError } from '../../../ports/store.ts';
import type { OperationContext } from '../executor.ts';
import { OPERATIONS } from '../operations.ts';
import type { ArgumentsOf, OperationName, ValueOf } from '../operations.ts';
import type { PostgresDatabase, WorkKind } from './postgres-database.ts';
import { createPostgresExecutor } from './postgres-executor.ts';
import type { Connection } from './postgres-executor.ts';
import { Turns } from './turns.ts';

export interface PostgresCallsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly maxInFlight: number;
  readonly statementTimeoutMs: number;
  readonly writerLeaseMs: number;
  readonly createId: (now: number) => string;
}

type Run<Value> = (context: OperationContext, ...parameters: readonly unknown[]) => Promise<Value>;

/** Reads whose statements must speak of the same moment. */
const SNAPSHOTS: ReadonlySet<OperationName> = new Set(['getConversation', 'listConversations']);

/** Changes that lock one row, named by their first parameter. */
const CHANGED_ROWS: ReadonlyMap<OperationName, string> = new Map([
  ['changeMembers', 'conversation'],
  ['markRead', 'conversation'],
  ['markNotifications', 'inbox'],
  ['changeTask', 'task'],
  ['appendChunks', 'task'],
  ['ping', 'probe'],
]);

export class PostgresCalls {
  readonly #database: PostgresDatabase;
  readonly #turns: Turns;
  readonly #options: PostgresCallsOptions;
  #inFlight = 0;
  #isClosing = false;
  #idle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(database: PostgresDatabase, options: PostgresCallsOptions) {
    this.#database = database;
    this.#turns = new Turns(database, options.statementTimeoutMs);
    this.#options = options;
  }

  /** Resolves after the commit. Rejects with StoreUnavailableError when the database is away. */
  call<Name extends OperationName>(
    name: Name,
    ...parameters: ArgumentsOf<Name>
  ): Promise<ValueOf<Name>> {
    const { now, id } = this.stamp();
    // A name and its parameters and its value belong together (operations.ts).
    const run = OPERATIONS[name].run as Run<ValueOf<Name>>;
    const work = (connection: Connection): Promise<ValueOf<Name>> => {
      const executor = createPostgresExecutor(connection);
      const { writerLeaseMs } = this.#options;
      return run({ executor, now, writerLeaseMs, newId: () => id }, ...parameters);
    };
    const row = CHANGED_ROWS.get(name);
    return this.accept(() =>
      row === undefined
        ? this.#database.run(kindOf(name), work)
        : this.#turns.take(`${row} ${String(parameters[0])}`, work),
    );
  }

  /** Every call passes here: refused after the close, and while too many wait. */
  async accept<T>(work: () => Promise<T>): Promise<T> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw new StoreUnavailableError(refusal);
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#idle?.();
    }
  }

  /** The caller's time, and an id that sorts by it. */
  stamp(): { readonly now: number; readonly id: string } {
    const now = Math.floor(this.#options.clock.now());
    return { now, id: this.#options.createId(now) };
  }

  /** Answers what was asked before, then ends the connections. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#database.end();
  }

  #refusal(): string | undefined {
    if (this.#isClosing) return 'the store is closed';
    if (this.#inFlight < this.#options.maxInFlight) return undefined;
    return `the store is too busy: ${this.#inFlight} operations are waiting`;
  }
}

function kindOf(name: OperationName): WorkKind {
  if (OPERATIONS[name].durability !== 'none') return 'transaction';
  return SNAPSHOTS.has(name) ? 'snapshot' : 'read';
}
