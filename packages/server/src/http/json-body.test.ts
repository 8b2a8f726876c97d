import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonBody } from './json-body.ts';

const DEPTH = 8;

test('the text is kept without blanks between tokens, and numbers as they were written', () => {
  const text = '{ "a" : [1, 12345678901234567890,\n\t"two  words \\" }"] }';
  const parsed = parseJsonBody(text, DEPTH);
  expect(parsed.ok && parsed.value.raw).toBe('{"a":[1,12345678901234567890,"two  words \\" }"]}');
});

test('compacting changes no value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 1, 4), (json, indent) => {
      fc.pre(!json.includes('__proto__') && !json.includes('constructor'));
      const value: unknown = JSON.parse(json);
      const parsed = parseJsonBody(JSON.stringify(value, null, indent), 100);
      expect(parsed.ok && parsed.value.raw).toBe(JSON.stringify(value));
    }),
  );
});

test('a text nested deeper than allowed is refused before it is parsed', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  expect(parseJsonBody(nested(DEPTH), DEPTH).ok).toBe(true);
  expect(parseJsonBody(nested(DEPTH + 1), DEPTH)).toMatchObject({ error: 'too_deep' });
  expect(parseJsonBody('['.repeat(50_000), DEPTH)).toMatchObject({ error: 'too_deep' });
  expect(parseJsonBody('"[[[[[[[[[[[["', DEPTH).ok).toBe(true);
});

test.each([
  '{"__proto__":{"admin":true}}',
  '{"a":{"constructor":{"prototype":{}}}}',
  '{',
  '',
  '\u0000',
])('%j is not accepted', (text) => {
  expect(parseJsonBody(text, DEPTH)).toMatchObject({ error: 'not_json' });
});
