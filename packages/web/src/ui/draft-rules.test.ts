import { describe, expect, test } from 'vitest';
import { draftState, isSendKey, isValidName } from './draft-rules.ts';

const key = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 };

describe('draft', () => {
  test('Enter sends, Shift+Enter and the Enter of an input method do not', () => {
    expect(isSendKey(key)).toBe(true);
    expect(isSendKey({ ...key, shiftKey: true })).toBe(false);
    expect(isSendKey({ ...key, isComposing: true })).toBe(false);
    expect(isSendKey({ ...key, keyCode: 229 })).toBe(false);
    expect(isSendKey({ ...key, key: 'a' })).toBe(false);
  });

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
