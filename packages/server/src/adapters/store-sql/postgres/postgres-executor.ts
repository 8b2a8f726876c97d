/** Runs statements on one connection; each is compiled once per process and prepared once per connection. */
import type { ClientBase, QueryConfig } from 'pg';
import type { Executor } from '../executor.ts';
import { createStatementCompiler } from '../statement.ts';
import type { CompiledStatement, Statement } from '../statement.ts';
import { postgresDialect, toBinding } from './postgres-dialect.ts';

/** Hands SQL to a connection, within the time that the call has left. */
export interface Connection {
  /** @param name of the prepared statement; the same SQL always has the same one */
  query<R>(query: {
    readonly name?: string;
    readonly text: string;
    readonly values?: readonly unknown[];
  }): Promise<readonly R[]>;
}

interface NamedStatement {
  readonly name: string;
  readonly compiled: CompiledStatement<object>;
}

const compile = createStatementCompiler(postgresDialect);
const known = new Map<object, NamedStatement>();

/** @param deadline on the scale of `performance.now()` */
export function createConnection(client: ClientBase, deadline: number): Connection {
  return {
    async query<R>({ name, text, values = [] }: Parameters<Connection['query']>[0]) {
      // When nobody answers at all, pg ends the connection; a slow statement the server has ended before.
      const config: QueryConfig & { query_timeout: number } = {
        ...(name !== undefined && { name }),
        text,
        values: [...values],
        query_timeout: Math.max(1, deadline - performance.now()),
      };
      const result = await client.query(config);
      if (text === 'COMMIT' && result.command !== 'COMMIT') {
        throw new Error('the database rolled back what it was asked to commit');
      }
      // What the columns are is known to whoever wrote the SQL.
      return result.rows as R[];
    },
  };
}

export function createPostgresExecutor(connection: Connection): Executor {
  function run<P extends object, R>(source: Statement<P, R>, parameters: P): Promise<readonly R[]> {
    const { name, compiled } = known.get(source) ?? prepare(source);
    return connection.query<R>({
      name,
      text: compiled.sql,
      values: compiled.bind(parameters, toBinding),
    });
  }
  return {
    run,
    // Sent without waiting for answers: as many statements as wanted, one round trip.
    runEach: (source, all) => Promise.all(all.map((parameters) => run(source, parameters))),
  };
}

function prepare<P extends object, R>(source: Statement<P, R>): NamedStatement {
  const statement = { name: `carillon_${known.size + 1}`, compiled: compile(source) };
  known.set(source, statement);
  return statement;
}
