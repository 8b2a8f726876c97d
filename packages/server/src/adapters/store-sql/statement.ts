/**
 * A query that is written with Kysely's builder and compiled once per database. While compiling,
 * parameters are markers; executing only puts values in their places. So the builder costs nothing
 * where messages are counted in ten thousands a second.
 */
import { Kysely } from 'kysely';
import type { CompiledQuery } from 'kysely';
import type { Schema } from './schema.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** A parameter's place, seen by the query builder in the value's stead. */
class Placeholder {
  readonly parameter: string;
  constructor(parameter: string) {
    this.parameter = parameter;
  }
}

export interface Statement<P, R> {
  /** Called once per database, with markers for parameters: it must not look at their values. */
  build(db: Kysely<Schema>, parameters: P): { compile(): CompiledQuery<R> };
}

/** `const byId = statement((db, p: { id: string }) => db.selectFrom('task').selectAll().where('id', '=', p.id))` */
export const statement = <P extends object, R>(
  build: Statement<P, R>['build'],
): Statement<P, R> => ({ build });

export interface CompiledStatement<P> {
  readonly sql: string;
  /** The values of `parameters` in the order the SQL wants them, as the driver takes them. */
  bind<V>(parameters: P, toDriver: (value: unknown) => V): V[];
}

/** Makes statements ready for one database. */
export function createStatementCompiler(dialect: SqlDialect) {
  const db = new Kysely<Schema>({ dialect: dialect.compiler });
  return <P extends object, R>(source: Statement<P, R>): CompiledStatement<P> => {
    const { sql, parameters } = source.build(db, markers<P>()).compile();
    const places = parameters.map((value) =>
      value instanceof Placeholder
        ? { name: value.parameter, constant: undefined }
        : { name: undefined, constant: value },
    );
    return {
      sql,
      bind: (values, toDriver) => {
        const byName = values as Readonly<Record<string, unknown>>;
        return places.map(({ name, constant }) =>
          toDriver(name === undefined ? constant : byName[name]),
        );
      },
    };
  };
}

function markers<P extends object>(): P {
  const get = (_target: object, name: string | symbol) => new Placeholder(String(name));
  // The builder's types want the values; it is given their places, which it passes through.
  return new Proxy({}, { get }) as P;
}
