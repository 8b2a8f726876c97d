/** Makes tokens with the shared secret: for `carillon token`, demo log-ins and tests. */
import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../ports/clock.ts';

export interface TokenSignerOptions {
  readonly secret: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly clock: Clock;
}

export interface ConnectionClaims {
  readonly user: string;
  /** Default 3600; 0: no end. */
  readonly lifetimeSeconds?: number;
  /** Anything that JSON can say. */
  readonly info?: unknown;
  readonly channels?: readonly string[];
  readonly isAdmin?: boolean;
}

export interface SubscriptionClaims {
  readonly user: string;
  readonly channel: string;
  readonly lifetimeSeconds?: number;
  readonly info?: unknown;
}

export interface TokenSigner {
  connectionToken(claims: ConnectionClaims): Promise<string>;
  subscriptionToken(claims: SubscriptionClaims): Promise<string>;
}

const DEFAULT_LIFETIME_SECONDS = 3600;

export const createTokenSigner = (options: TokenSignerOptions): TokenSigner => {
  const key = createSecretKey(Buffer.from(options.secret));
  const sign = (
    user: string,
    claims: Readonly<Record<string, unknown>>,
    lifetimeSeconds = DEFAULT_LIFETIME_SECONDS,
  ): Promise<string> => {
    const now = Math.floor(options.clock.now() / 1000);
    const jwt = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' });
    jwt.setSubject(user).setIssuedAt(now);
    if (lifetimeSeconds > 0) jwt.setExpirationTime(now + lifetimeSeconds);
    if (options.audience !== undefined) jwt.setAudience(options.audience);
    if (options.issuer !== undefined) jwt.setIssuer(options.issuer);
    return jwt.sign(key);
  };
  return {
    connectionToken: ({ user, lifetimeSeconds, info, channels, isAdmin }) =>
      sign(
        user,
        {
          ...(info !== undefined && { info }),
          ...(channels !== undefined && { channels }),
          ...(isAdmin === true && { admin: true }),
        },
        lifetimeSeconds,
      ),
    subscriptionToken: ({ user, channel, lifetimeSeconds, info }) =>
      sign(user, { channel, ...(info !== undefined && { info }) }, lifetimeSeconds),
  };
};
