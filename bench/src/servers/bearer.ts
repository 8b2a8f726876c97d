/** Verifies an HS256 token for the compared servers, which have no authentication of their own. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export function isValidToken(token: unknown, secret: string): boolean {
  if (typeof token !== 'string') return false;
  const end = token.lastIndexOf('.');
  const mac = createHmac('sha256', secret).update(token.slice(0, end)).digest();
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  return given.length === mac.length && timingSafeEqual(given, mac);
}
