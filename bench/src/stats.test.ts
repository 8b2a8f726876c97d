import { expect, test } from 'vitest';
import { median, pairedRatios } from './stats.ts';

test('the median of an even number of rounds lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
});

test('a ratio compares figures of the same round', () => {
  expect(pairedRatios([1, 6, 3], [2, 4, 3])).toEqual({ median: 1, min: 0.5, max: 1.5, rounds: 3 });
});
