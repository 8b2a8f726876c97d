import { expect, test } from 'vitest';
import { parseOptions, ROW_IDS } from './options.ts';

test('without options every row runs five rounds', () => {
  expect(parseOptions([])).toMatchObject({ rows: ROW_IDS, rounds: 5, isQuick: false });
});

test('P9 is measured with P7', () => {
  expect(parseOptions(['--rows', 'p1,P9'])).toMatchObject({ rows: ['P1', 'P7'] });
});

test('an unknown row or number of rounds is refused with what is known', () => {
  expect(() => parseOptions(['--rows', 'P99'])).toThrow('no row "P99"; there are P1, P2');
  expect(() => parseOptions(['--rounds', 'many'])).toThrow('--rounds must be a whole number');
});
