import { expect, it } from 'vitest';
import { createHmacLinkSigner } from './hmac-link-signer.ts';

const SECRET = 'a secret of more than thirty-two bytes';

it('what was signed is verified, by any process with the same secret', () => {
  const signature = createHmacLinkSigner(SECRET).sign('u1 100');
  expect(encodeURIComponent(signature)).toBe(signature);
  expect(createHmacLinkSigner(SECRET).verify('u1 100', signature)).toBe(true);
});

it.each([
  ['another text', 'u1 101', (signature: string) => signature],
  ['a changed signature', 'u1 100', (signature: string) => `A${signature.slice(1)}B`],
  ['a cut signature', 'u1 100', (signature: string) => signature.slice(0, -4)],
  ['no signature', 'u1 100', () => ''],
])('%s is refused', (_what, text, change) => {
  const signer = createHmacLinkSigner(SECRET);
  expect(signer.verify(text, change(signer.sign('u1 100')))).toBe(false);
  expect(createHmacLinkSigner(`${SECRET}!`).verify('u1 100', signer.sign('u1 100'))).toBe(false);
});
