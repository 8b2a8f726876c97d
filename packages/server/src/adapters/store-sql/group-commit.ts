/**
 * Runs a group of calls in one transaction with one sync to disk, each call in a savepoint of its
 * own: what one of them does wrong undoes nothing of the others. Either the commit succeeds, and
 * every answer holds; or it throws, and no answer was given.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Answer, Call } from './calls.ts';
import type { Executor, OperationContext } from './executor.ts';
import { OPERATIONS } from './operations.ts';
import type { Durability } from './operations.ts';
import { deviceFailureOf, openDatabase } from './sqlite-database.ts';
import { createSqliteExecutor } from './sqlite-executor.ts';

export interface Connection {
  readonly database: DatabaseSync;
  readonly executor: Executor;
  /** Prepared: they run twice for every call that writes. */
  readonly savepoint: StatementSync;
  readonly release: StatementSync;
  durability: Exclude<Durability, 'none'>;
}

export type ContextSettings = Pick<OperationContext, 'writerLeaseMs'> & {
  readonly createId: (now: number) => string;
};

type Run = (context: OperationContext, ...parameters: readonly unknown[]) => Promise<unknown>;

export function connect(path: string): Connection {
  const database = openDatabase(path);
  return {
    database,
    executor: createSqliteExecutor(database),
    savepoint: database.prepare('SAVEPOINT call'),
    release: database.prepare('RELEASE call'),
    durability: 'full',
  };
}

/** What the whole group needs: the most that one of its calls asks for. */
export function durabilityOf(calls: readonly Call[]): Durability {
  let strongest: Durability = 'none';
  for (const { name } of calls) {
    const { durability } = OPERATIONS[name];
    if (durability === 'full') return 'full';
    if (durability === 'relaxed') strongest = 'relaxed';
  }
  return strongest;
}

/** @throws what the device failed with; then nothing of the group was saved */
export async function commitGroup(
  connection: Connection,
  calls: readonly Call[],
  settings: ContextSettings,
): Promise<readonly Answer[]> {
  const durability = durabilityOf(calls);
  if (durability === 'none') return readGroup(connection, calls, settings);
  const { database } = connection;
  setDurability(connection, durability);
  database.exec('BEGIN IMMEDIATE');
  try {
    const answers: Answer[] = [];
    for (const call of calls) answers.push(await runInSavepoint(connection, call, settings));
    database.exec('COMMIT');
    return answers;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Without a transaction: each sees the last commit. */
export async function readGroup(
  connection: Connection,
  calls: readonly Call[],
  settings: ContextSettings,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const call of calls) {
    try {
      answers.push(['done', await run(connection, call, settings)]);
    } catch (error) {
      const failure = deviceFailureOf(error);
      answers.push(failure === undefined ? failed(error) : ['unavailable', failure]);
    }
  }
  return answers;
}

async function runInSavepoint(
  connection: Connection,
  call: Call,
  settings: ContextSettings,
): Promise<Answer> {
  const { database, savepoint, release } = connection;
  if (OPERATIONS[call.name].durability === 'none') {
    const [answer] = await readGroup(connection, [call], settings);
    return answer ?? failed(new Error('a read without an answer'));
  }
  savepoint.run();
  try {
    const value = await run(connection, call, settings);
    release.run();
    return ['done', value];
  } catch (error) {
    // SQLite gives up the whole transaction on some errors: then the others are undone as well.
    if (deviceFailureOf(error) !== undefined || !database.isTransaction) throw error;
    database.exec('ROLLBACK TO call');
    release.run();
    return failed(error);
  }
}

function run({ executor }: Connection, call: Call, settings: ContextSettings): Promise<unknown> {
  const { writerLeaseMs, createId } = settings;
  const { now } = call;
  const context = { executor, now, writerLeaseMs, newId: () => createId(now) };
  // The calling thread's types hold name and parameters together (worker-client.ts).
  const operation = OPERATIONS[call.name].run as Run;
  return operation(context, ...call.parameters);
}

function setDurability(connection: Connection, durability: Connection['durability']): void {
  if (connection.durability === durability) return;
  connection.database.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  connection.durability = durability;
}

const failed = (error: unknown): Answer =>
  error instanceof Error
    ? ['failed', error.message, error.stack]
    : ['failed', String(error), undefined];
