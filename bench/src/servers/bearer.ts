/** Verifies an HS256 token for the compared servers, which have no authentication of their own. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export function isValidToken(token: unknown, secret: string): boolean {
  if (typeof token !== 'string') return false;
  const end = token.lastIndexOf('.');
  const mac = createHmac('sha256', secret).update(token.slice(0, end)).digest();
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  if (given.length !== mac.length || !timingSafeEqual(given, mac)) return false;
  const payload = Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString();
  // Our own generator signed it; only its end is looked at.
  const { exp } = JSON.parse(payload) as { exp: number };
  return exp * 1000 > Date.now();
}
