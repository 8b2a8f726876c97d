import { expect, it } from 'vitest';
import { failureOf, reasonOf } from './postgres-failure.ts';

const coded = (code: string, message = 'as it is'): Error =>
  Object.assign(new Error(message), { code });

it.each([
  ['lost', 'ECONNREFUSED'],
  ['lost', 'ECONNRESET'],
  ['lost', '57P01'],
  ['lost', '57P03'],
  ['lost', '08006'],
  ['conflict', '40001'],
  ['conflict', '40P01'],
  ['duplicate', '23505'],
  ['refused', '57014'],
  ['refused', '53100'],
  ['refused', '53300'],
  ['refused', '25006'],
  ['refused', '28P01'],
  ['refused', '3D000'],
  ['refused', 'XX001'],
  ['bug', '42P01'],
  ['bug', '22P02'],
  ['bug', '23502'],
])('%s: %s', (failure, code) => {
  expect(failureOf(coded(code))).toBe(failure);
});

it('what pg says about a connection without a code is a lost one', () => {
  for (const text of [
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Query read timeout',
  ]) {
    expect(failureOf(new Error(text))).toBe('lost');
  }
});

it('only a plan that outlived its table is stale; other unsupported features are bugs', () => {
  expect(failureOf(coded('0A000', 'cached plan must not change result type'))).toBe('stale');
  expect(failureOf(coded('0A000', 'not supported'))).toBe('bug');
  expect(failureOf('thrown text')).toBe('bug');
});

it('the reasons of several addresses are told together', () => {
  const both = new AggregateError([new Error('no on ::1'), new Error('no on 127.0.0.1')]);
  expect(reasonOf(both)).toBe('no on ::1; no on 127.0.0.1');
});
