/**
 * The operator's password (ADMIN_PASSWORD): as HTTP Basic authentication, and for the console's
 * log-in form. Only its digest is kept and compared in constant time. Who guesses is made to wait, right or wrong: else the right guess
 * would show.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { fail, ok, type Outcome } from '@carillon/protocol';
import type { FastifyRequest } from 'fastify';
import type { Logger } from '../ports/logger.ts';
import type { ConsoleToken, ConsoleTokens } from './console-tokens.ts';

/** Counts wrong passwords by address, in bounded memory. */
export interface FailedLogins {
  isExhausted(address: string): boolean;
  add(address: string): void;
  /** When an exhausted address may try again. */
  readonly retryAfterSeconds: number;
}

export interface AdminLogin {
  /** Undefined: nobody tried to log in by password. */
  verify(request: FastifyRequest): Outcome<void> | undefined;
  /** A token for a page that has asked for the password itself. */
  logIn(request: FastifyRequest, password: string): Outcome<ConsoleToken>;
  renew(token: string): Outcome<ConsoleToken>;
  verifyToken(token: string): boolean;
  readonly retryAfterSeconds: number;
}

export interface AdminLoginOptions {
  readonly password: string;
  readonly failedLogins: FailedLogins;
  readonly tokens: ConsoleTokens;
  readonly logger: Logger;
}

/** For `WWW-Authenticate`, where people look with a browser. */
export const ADMIN_CHALLENGES = ['Bearer', 'Basic realm="Carillon", charset="UTF-8"'];

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i;

const digestOf = (password: string): Buffer => createHash('sha256').update(password).digest();

/** The user name is not looked at. Undefined: no `name:password`. */
const passwordOf = (authorization: string): string | undefined => {
  const decoded = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64').toString();
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : decoded.slice(colon + 1);
};

/** Browsers send a remembered password along with what other sites' pages ask for; an API key they do not. */
const isOfOtherSite = ({ headers }: FastifyRequest): boolean => {
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
};

export const createAdminLogin = ({
  password,
  failedLogins,
  tokens,
  logger,
}: AdminLoginOptions): AdminLogin => {
  const digest = digestOf(password);

  const check = (request: FastifyRequest, presented: string | undefined): Outcome<void> => {
    const address = request.ip;
    if (failedLogins.isExhausted(address)) {
      return fail('too_many_requests', 'too many wrong passwords from this address');
    }
    if (presented === undefined || !timingSafeEqual(digestOf(presented), digest)) {
      failedLogins.add(address);
      logger.warn({ remoteAddress: address, request_id: request.id }, 'admin log-in failed');
      return fail('unauthorized', 'the password is wrong');
    }
    return isOfOtherSite(request)
      ? fail('permission_denied', 'a page of another site may not use the admin password')
      : ok(undefined);
  };

  return {
    retryAfterSeconds: failedLogins.retryAfterSeconds,
    verify: (request) => {
      const { authorization } = request.headers;
      if (authorization === undefined || !/^basic\b/i.test(authorization)) return undefined;
      return check(request, passwordOf(authorization));
    },
    logIn: (request, password) => {
      const checked = check(request, password);
      if (!checked.ok) return checked;
      logger.info({ remoteAddress: request.ip, request_id: request.id }, 'console log-in');
      return ok(tokens.issue());
    },
    renew: (token) => {
      const renewed = tokens.renew(token);
      return renewed === undefined ? fail('token_expired', 'log in again') : ok(renewed);
    },
    verifyToken: (token) => tokens.verify(token),
  };
};
