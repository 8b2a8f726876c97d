import { expect, test } from 'vitest';
import { createApiKeys } from './api-keys.ts';

test('a key is known by its value, and named by its place', () => {
  const keys = createApiKeys(['first key', 'second key']);
  expect(keys.verify('second key')).toMatchObject({ label: 'key-2' });
  expect(keys.verify('second key ')).toBeUndefined();
  expect(keys.verify('')).toBeUndefined();
});

test('without keys nobody gets in', () => {
  expect(createApiKeys([]).verify('anything')).toBeUndefined();
});
