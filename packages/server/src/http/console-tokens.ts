/**
 * Short-lived tokens for whoever gave the operators' password in the console's log-in form, so
 * that the password itself is neither kept in the page nor sent with every request. They speak for
 * the operator, never for a user; are made from the password alone, so that every process of the
 * installation knows them and a new password ends them all; and renew while the console is in use.
 *
 *   console.<expires at>.<logged in at>.<HMAC>        both in seconds, base 36
 */
import { createHmac, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';

export interface ConsoleToken {
  readonly token: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

export interface ConsoleTokens {
  issue(): ConsoleToken;
  verify(token: string): boolean;
  /** Undefined: not valid, or the password was given too long ago. */
  renew(token: string): ConsoleToken | undefined;
}

const LIFE_SECONDS = 30 * 60;
/** The password is asked for again after this, however busy the operator. */
const LONGEST_SECONDS = 12 * 3_600;

const FORM = /^console\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})\.([\w-]{43})$/;

interface Claims {
  readonly expires: number;
  readonly since: number;
}

export const isConsoleToken = (text: string): boolean => text.startsWith('console.');

/** Takes some 50 ms: a token that leaks must not make guessing the password cheap. */
const keyOf = (password: string): Buffer =>
  scryptSync(password, 'carillon console token, version 1', 32);

export function createConsoleTokens(password: string, clock: Pick<Clock, 'now'>): ConsoleTokens {
  const key = keyOf(password);
  const macOf = (body: string): Buffer => createHmac('sha256', key).update(body).digest();
  const seconds = (): number => Math.floor(clock.now() / 1_000);

  const made = (since: number): ConsoleToken => {
    const expires = Math.min(seconds() + LIFE_SECONDS, since + LONGEST_SECONDS);
    const body = `console.${expires.toString(36)}.${since.toString(36)}`;
    const token = `${body}.${macOf(body).toString('base64url')}`;
    return { token, expiresAt: expires * 1_000 };
  };

  const read = (token: string): Claims | undefined => {
    const [, expires = '', since = '', mac = ''] = FORM.exec(token) ?? [];
    const body = `console.${expires}.${since}`;
    if (!timingSafeEqual(macOf(body), macBytes(mac))) return undefined;
    const claims = { expires: Number.parseInt(expires, 36), since: Number.parseInt(since, 36) };
    return claims.expires > seconds() ? claims : undefined;
  };

  return {
    issue: () => made(seconds()),
    verify: (token) => read(token) !== undefined,
    renew: (token) => {
      const claims = read(token);
      return claims === undefined || claims.since + LONGEST_SECONDS <= seconds()
        ? undefined
        : made(claims.since);
    },
  };
}

/** Always 32 bytes, as the comparison wants them. */
function macBytes(mac: string): Buffer {
  const bytes = Buffer.alloc(32);
  Buffer.from(mac, 'base64url').copy(bytes);
  return bytes;
}
