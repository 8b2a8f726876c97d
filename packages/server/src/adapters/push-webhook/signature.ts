/** `X-Carillon-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. */
import { createHmac, type KeyObject } from 'node:crypto';

export const SIGNATURE_HEADER = 'x-carillon-signature';

/** The time is part of what is signed, so that a recorded request cannot be replayed later. */
export function sign(body: string, key: KeyObject, atMs: number): string {
  const timestamp = Math.floor(atMs / 1_000);
  const mac = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${mac}`;
}
