import { expect, it } from 'vitest';
import { addressOf, clientConfigOf } from './connection-settings.ts';

const configOf = (url: string) => clientConfigOf({ url, statementTimeoutMs: 5000 });

it.each([
  'postgres',
  'postgresql',
  'postgresql+psycopg',
  'postgresql+asyncpg',
  'POSTGRESQL+psycopg2',
])('the scheme %s is understood', (scheme) => {
  const { connectionString } = configOf(`${scheme}://ann:p%40ss@db:6543/app?sslmode=require`);
  expect(connectionString).toBe('postgresql://ann:p%40ss@db:6543/app?sslmode=require');
});

it('every session has the timeouts of the settings and a name', () => {
  expect(configOf('postgres://db/app')).toMatchObject({
    application_name: 'carillon',
    statement_timeout: 5000,
    idle_in_transaction_session_timeout: 5000,
  });
});

it('what is no URL is refused with how to write one', () => {
  expect(() => configOf('db.internal')).toThrow(/DATABASE_URL is not a URL: write postgresql:/);
});

it('an address for the log has host, port and database, never user or password', () => {
  expect(addressOf('postgresql+psycopg://ann:secret@db/app')).toBe('db:5432/app');
  expect(addressOf('postgres://db:6543/app')).toBe('db:6543/app');
  expect(addressOf('nothing of the kind')).toBe('an unreadable address');
});
