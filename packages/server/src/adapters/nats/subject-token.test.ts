import fc from 'fast-check';
import { expect, it } from 'vitest';
import { subjectToken } from './subject-token.ts';

it('a token is one valid part of a subject, and not long, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 255 }), (name) => {
      expect(subjectToken(name)).toMatch(/^[\w=-]{1,180}$/);
    }),
  );
});

it('different names have different tokens', () => {
  const names = [
    '',
    '=',
    '.',
    ' ',
    'a.b',
    'a=2eb',
    'a b',
    '*',
    '>',
    'ä',
    'a\u0308',
    '日本',
    '$a',
    'x',
  ];
  const long = ['日'.repeat(200), `${'日'.repeat(199)}月`, 'a'.repeat(181), `${'a'.repeat(180)}b`];
  const tokens = [...names, ...long].map(subjectToken);
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(subjectToken('chat:1')).toBe('chat=3a1');
  expect(subjectToken('alice-2_B')).toBe('alice-2_B');
});
