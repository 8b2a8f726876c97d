import { describe, expect, test } from 'vitest';
import { isNearEnd } from './scrolling.ts';

describe('scrolling', () => {
  test('the list follows only a reader near its end', () => {
    expect(isNearEnd({ scrollTop: 900, scrollHeight: 1_500, clientHeight: 550 })).toBe(true);
    expect(isNearEnd({ scrollTop: 700, scrollHeight: 1_500, clientHeight: 550 })).toBe(false);
  });
});
