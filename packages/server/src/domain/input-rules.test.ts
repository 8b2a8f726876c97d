import { describe, expect, it } from 'vitest';
import {
  checkKey,
  checkLine,
  checkLink,
  checkText,
  checkUsers,
  firstRefusal,
  pageSize,
} from './input-rules.ts';
import { DEFAULT_DOMAIN_LIMITS } from './limits.ts';

const limits = DEFAULT_DOMAIN_LIMITS;

describe('input rules', () => {
  it('count what people count: an emoji is one character', () => {
    const rule = { field: 'content', max: 10 };
    expect(checkText('👋'.repeat(10), rule)).toBeUndefined();
    expect(checkText('👋'.repeat(11), rule)).toMatchObject({ error: 'too_long' });
    expect(checkText('x'.repeat(1_000_000), rule)).toMatchObject({ error: 'too_long' });
  });

  it.each(['a\nb', 'a\u0000', '\u001f', '\u007f', 'a\u2028b', 'abc\u202egnp.exe', '\ud800', '   '])(
    'a name like %j is refused',
    (name) => {
      expect(checkLine(name, { field: 'name', max: 64 })).toMatchObject({ error: 'invalid_field' });
    },
  );

  it.each(['alice', '王小明', "O'Brien", 'a b', 'é', '👩‍👩‍👧'])('a name like %s is fine', (name) => {
    expect(checkLine(name, { field: 'name', max: 64, isRequired: true })).toBeUndefined();
  });

  it('a key may be left out but not be empty', () => {
    expect(checkKey(undefined, { field: 'clientId', max: 10 })).toBeUndefined();
    expect(checkKey('', { field: 'clientId', max: 10 })).toMatchObject({ error: 'invalid_field' });
  });

  it.each(['https://example.org/a?b=c', '/orders/7', '#top', 'myapp://order/7', 'mailto:a@b.c'])(
    'a link like %s is fine',
    (link) => {
      expect(checkLink(link, limits)).toBeUndefined();
    },
  );

  it.each([
    'javascript:alert(1)',
    ' JAVASCRIPT:x',
    'java\nscript:x',
    'data:text/html,x',
    'vbscript:x',
  ])('a link like %j is refused', (link) => {
    expect(checkLink(link, limits)).toMatchObject({ error: 'invalid_field' });
  });

  it('one bad user among many refuses them all, and so does one too many', () => {
    const rule = { field: 'users', max: 2, limits };
    expect(checkUsers(['a', 'b'], rule)).toBeUndefined();
    expect(checkUsers(['a', ''], rule)).toMatchObject({ error: 'invalid_field' });
    expect(checkUsers(['a', 'b', 'c'], rule)).toMatchObject({ error: 'too_many' });
  });

  it('the first refusal is the one that is told', () => {
    const first = checkText('', { field: 'a', max: 1, isRequired: true });
    const second = checkText('xx', { field: 'b', max: 1 });
    expect(firstRefusal(undefined, first, second)).toBe(first);
  });

  it.each([
    [undefined, 50],
    [0, 1],
    [-5, 1],
    [7.9, 7],
    [1e9, 100],
    [Number.NaN, 50],
  ])('a page size of %s becomes %i', (limit, size) => {
    expect(pageSize(limit, { fallback: 50, max: 100 })).toBe(size);
  });
});
