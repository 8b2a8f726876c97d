import { describe, expect, test } from 'vitest';
import { draftState, isValidName } from './draft-rules.ts';

describe('draft', () => {
  test('the counter shows near the limit, and over it nothing is sent', () => {
    expect(draftState('x'.repeat(3_599))).toMatchObject({
      canSend: true,
      showsCounter: false,
      excess: 0,
    });
    expect(draftState('x'.repeat(4_000))).toMatchObject({
      canSend: true,
      showsCounter: true,
      excess: 0,
    });
    expect(draftState('x'.repeat(4_003))).toMatchObject({
      canSend: false,
      showsCounter: true,
      excess: 3,
    });
    expect(draftState('🙂'.repeat(4_000))).toMatchObject({ canSend: true, length: 4_000 });
    expect(draftState(' \n ').canSend).toBe(false);
  });

  test('a name has 1 to 64 characters and no control characters', () => {
    expect(isValidName('小明')).toBe(true);
    expect(isValidName('  ')).toBe(false);
    expect(isValidName('x'.repeat(65))).toBe(false);
    expect(isValidName('a\u0007b')).toBe(false);
  });
});
