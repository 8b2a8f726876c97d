/** Runs statements on one `node:sqlite` database; each is compiled and prepared on first use. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Executor } from './executor.ts';
import { sqliteDialect, toBinding } from './sqlite-dialect.ts';
import { createStatementCompiler } from './statement.ts';
import type { CompiledStatement, Statement } from './statement.ts';

export function createSqliteExecutor(database: DatabaseSync): Executor {
  const compile = createStatementCompiler(sqliteDialect);
  const prepared = new Map<
    object,
    { readonly compiled: CompiledStatement<object>; readonly statement: StatementSync }
  >();

  function prepare<P extends object, R>(source: Statement<P, R>) {
    const compiled = compile(source);
    const entry = { compiled, statement: database.prepare(compiled.sql) };
    prepared.set(source, entry);
    return entry;
  }

  function run<P extends object, R>(source: Statement<P, R>, parameters: P): readonly R[] {
    const entry = prepared.get(source) ?? prepare(source);
    const values = entry.compiled.bind(parameters, toBinding);
    // Kysely derived R from the columns of the very SQL that is executed here.
    return entry.statement.all(...values) as R[];
  }

  return {
    run,
    runEach: (source, all) => all.map((parameters) => run(source, parameters)),
  };
}
