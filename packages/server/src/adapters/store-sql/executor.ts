/**
 * How repositories reach a database: one statement at a time, inside the transaction that somebody
 * else opens and commits. SQLite answers at once, a server later; repositories await either.
 */
import type { Statement } from './statement.ts';

type Rows<R> = readonly R[];

export interface Executor {
  run<P extends object, R>(source: Statement<P, R>, parameters: P): Rows<R> | Promise<Rows<R>>;
  /** The same statement for each of many, in order; a server gets them all at once. */
  runEach<P extends object, R>(
    source: Statement<P, R>,
    all: readonly P[],
  ): readonly Rows<R>[] | Promise<readonly Rows<R>[]>;
}

/** What an operation runs with. */
export interface OperationContext {
  readonly executor: Executor;
  /** Wall clock of the caller, ms since 1970. */
  readonly now: number;
  /** How long the writer of an outbox row keeps it to itself, in ms. */
  readonly writerLeaseMs: number;
  /** A new id: unique, sorting by time of making. */
  newId(): string;
}

/** The first row, where a statement finds at most one. */
export async function one<P extends object, R>(
  executor: Executor,
  source: Statement<P, R>,
  parameters: P,
): Promise<R | undefined> {
  const rows = await executor.run(source, parameters);
  return rows[0];
}
