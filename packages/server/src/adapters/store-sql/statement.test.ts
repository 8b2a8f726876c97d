import { expect, it } from 'vitest';
import * as chat from './chat-statements.ts';
import * as inbox from './inbox-statements.ts';
import { postgresDialect } from './postgres/postgres-dialect.ts';
import { sqliteDialect, toBinding } from './sqlite-dialect.ts';
import { createStatementCompiler, statement } from './statement.ts';
import type { Statement } from './statement.ts';

const unread = statement((db, p: { user: string; limit: number }) =>
  db
    .selectFrom('inbox_state')
    .select('unread')
    .where('rev', '>', 7)
    .where('user_id', '=', p.user)
    .limit(p.limit),
);

it('values take the places of their parameters, constants keep theirs', () => {
  const { sql, bind } = createStatementCompiler(sqliteDialect)(unread);
  expect(sql).toBe('select "unread" from "inbox_state" where "rev" > ? and "user_id" = ? limit ?');
  expect(bind({ limit: 5, user: 'ann' }, toBinding)).toEqual([7, 'ann', 5]);
  expect(bind({ user: 'bob', limit: 1 }, toBinding)).toEqual([7, 'bob', 1]);
});

it('one statement compiles for each database in its own words', () => {
  const { sql } = createStatementCompiler(postgresDialect)(unread);
  expect(sql).toContain('"rev" > $1 and "user_id" = $2 limit $3');
});

it('every statement compiles for PostgreSQL as well', () => {
  const compile = createStatementCompiler(postgresDialect);
  const all: Statement<object, unknown>[] = [];
  for (const value of Object.values({ ...chat, ...inbox })) {
    if ('build' in value) all.push(value as Statement<object, unknown>);
  }
  expect(all.length).toBeGreaterThan(20);
  for (const one of all) expect(compile(one).sql).not.toContain('?');
});

it('what a database cannot hold is refused before it gets there; nothing is null', () => {
  expect(toBinding(undefined)).toBeNull();
  expect(() => toBinding({})).toThrow(/cannot store.*object/);
  expect(() => toBinding(true)).toThrow(/cannot store.*boolean/);
});
