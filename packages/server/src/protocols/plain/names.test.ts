import { describe, expect, it } from 'vitest';
import { isLongerThan, readName } from './names.ts';

describe('names', () => {
  it('are trimmed', () => {
    expect(readName('  alice ', 64)).toEqual({ ok: true, value: 'alice' });
  });

  it.each(['林小美', 'Zoë', "O'Neil", 'a b', '👩‍👩‍👧', '<b>', '"; DROP'])('may be %s', (name) => {
    expect(readName(name, 64)).toEqual({ ok: true, value: name });
  });

  it.each([
    ['nothing', ''],
    ['only blanks', ' \t '],
    ['a bell', 'al\u0007ice'],
    ['a NUL', 'al\u0000ice'],
    ['a line end inside', 'al\nice'],
    ['a C1 control', 'al\u0085x\u0085ice'],
    ['a line separator', 'al\u2028ice'],
    ['a mark that turns text around', 'alice\u202Eecila'],
    ['half a surrogate pair', 'al\uD800ice'],
    ['a number', 7],
    ['null', null],
  ])('may not contain %s', (_what, name) => {
    expect(readName(name, 64)).toEqual({ ok: false, error: 'invalid_field' });
  });

  it('are at most as long as allowed, counted in characters', () => {
    expect(readName('😀'.repeat(64), 64).ok).toBe(true);
    expect(readName('😀'.repeat(65), 64)).toEqual({ ok: false, error: 'too_long' });
    expect(readName('a'.repeat(65), 64)).toEqual({ ok: false, error: 'too_long' });
  });

  it('lengths are counted in characters, not UTF-16 units', () => {
    expect(isLongerThan('😀😀', 2)).toBe(false);
    expect(isLongerThan('😀😀a', 2)).toBe(true);
  });
});
