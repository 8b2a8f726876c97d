import { expect, it } from 'vitest';
import { contentDisposition } from './content-disposition.ts';

it.each([
  ['cat.png', 'image/png', `inline; filename="cat.png"; filename*=UTF-8''cat.png`],
  [
    '貓 (1).png',
    'image/png',
    `inline; filename="_ (1).png"; filename*=UTF-8''%E8%B2%93%20%281%29.png`,
  ],
  ['a"b.txt', 'text/plain', `attachment; filename="a_b.txt"; filename*=UTF-8''a%22b.txt`],
  ['x\r\ny.txt', 'text/plain', `attachment; filename="x__y.txt"; filename*=UTF-8''x%0D%0Ay.txt`],
])('%j of type %s', (name, mime, header) => {
  expect(contentDisposition(name, mime)).toBe(header);
});

it.each(['text/html', 'image/svg+xml', 'application/xml', 'application/pdf', 'text/plain'])(
  '%s is never shown by the browser',
  (mime) => {
    expect(contentDisposition('a', mime)).toMatch(/^attachment;/);
  },
);
