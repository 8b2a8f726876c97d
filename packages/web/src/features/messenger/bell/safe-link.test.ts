import { expect, test } from 'vitest';
import { isSafeLink } from './safe-link.ts';

test('a link of a notification leads to the web or into this site, nowhere else', () => {
  for (const link of ['/orders/7', 'https://example.org/x', 'HTTP://example.org']) {
    expect(isSafeLink(link), link).toBe(true);
  }
  for (const link of ['javascript:alert(1)', '//evil.example', '/\\evil.example', 'data:x', '']) {
    expect(isSafeLink(link), link).toBe(false);
  }
});
