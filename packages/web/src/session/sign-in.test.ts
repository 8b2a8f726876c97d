import { describe, expect, test } from 'vitest';
import { expiryOf, subjectOf } from './sign-in.ts';

const tokenOf = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

describe('token', () => {
  test('the subject is read, in any script', () => {
    expect(subjectOf(tokenOf({ sub: 'alice' }))).toBe('alice');
    expect(subjectOf(tokenOf({ sub: '小明🙂' }))).toBe('小明🙂');
  });

  test('what is no token has no subject', () => {
    for (const text of ['', 'abc', 'a.%%%.c', 'a.bm9qc29u.c', tokenOf({ sub: 7 })]) {
      expect(subjectOf(text), text).toBeUndefined();
    }
  });

  test('the end is read, where a token has one', () => {
    expect(expiryOf(tokenOf({ sub: 'alice', exp: 1_700_000_000 }))).toBe(1_700_000_000_000);
    expect(expiryOf(tokenOf({ sub: 'alice' }))).toBeUndefined();
  });
});
