/** LinkSigner with HMAC-SHA256, its key derived from a secret that serves other purposes as well. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { LinkSigner } from '../../ports/link-signer.ts';

const KEY_BYTES = 32;

/** Keys of different purposes have nothing in common (RFC 5869). */
const PURPOSE = 'carillon upload links';

/** @param secret of at least 32 bytes; the same in all processes that serve the links */
export function createHmacLinkSigner(secret: string): LinkSigner {
  const key = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES));
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return {
    sign: (text) => digest(text).toString('base64url'),
    verify(text, signature) {
      const expected = digest(text);
      const given = Buffer.from(signature, 'base64url');
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
