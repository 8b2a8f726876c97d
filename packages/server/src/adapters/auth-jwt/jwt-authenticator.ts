/** The Authenticator port over JSON Web Tokens (RFC 7519, and RFC 8725 on how not to). */
import { type Failure, MAX_TOKEN_LENGTH, type Outcome, fail, ok } from '@carillon/protocol';
import { errors, jwtVerify } from 'jose';
import type { Authenticator, Identity, SubscriptionGrant } from '../../ports/authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import { after, type Eventually } from '../../ports/eventually.ts';
import type { Logger } from '../../ports/logger.ts';
import { NOT_BEFORE_SKEW_SECONDS, checkClaims } from './claim-checks.ts';
import { grantOf, identityOf } from './claims.ts';
import { type Claims, HmacTokens } from './hmac-tokens.ts';
import {
  type KeySource,
  KeysUnavailableError,
  publicKeySource,
  remoteKeySource,
} from './verification-keys.ts';
import { VerifiedTokens } from './verified-tokens.ts';

export interface JwtAuthenticatorOptions {
  /** HS256, HS384, HS512. */
  readonly secret?: string;
  /** PEM: RS/PS, ES or EdDSA, by the type of the key. Excludes `jwksUrl`. */
  readonly publicKey?: string;
  /** Key set (RFC 7517), https except on loopback. */
  readonly jwksUrl?: string;
  /** When set, `aud` must contain it. */
  readonly audience?: string;
  /** When set, `iss` must equal it. */
  readonly issuer?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** base64url, three parts. Anything else is not worth a parser's time. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const FORGED = fail('unauthorized');
const EXPIRED = fail('token_expired');

class JwtAuthenticator implements Authenticator {
  readonly #options: JwtAuthenticatorOptions;
  readonly #hmac: HmacTokens | undefined;
  readonly #signatures: KeySource | undefined;
  readonly #verified = new VerifiedTokens();

  constructor(options: JwtAuthenticatorOptions) {
    const { secret, publicKey, jwksUrl, clock } = options;
    if (publicKey !== undefined && jwksUrl !== undefined) {
      throw new Error('JWT_PUBLIC_KEY and JWKS_URL exclude each other');
    }
    this.#options = options;
    if (secret !== undefined) this.#hmac = new HmacTokens(secret);
    if (publicKey !== undefined) this.#signatures = publicKeySource(publicKey);
    if (jwksUrl !== undefined) {
      this.#signatures = remoteKeySource(jwksUrl, () => clock.monotonic());
    }
  }

  verifyConnection(token: string): Eventually<Outcome<Identity>> {
    return after(this.#verify(token), (claims) => (claims.ok ? identityOf(claims.value) : claims));
  }

  verifySubscription(token: string): Eventually<Outcome<SubscriptionGrant>> {
    return after(this.#verify(token), (claims) => (claims.ok ? grantOf(claims.value) : claims));
  }

  /** The header's algorithm chooses the checker, but each has keys for its own family only. */
  #verify(token: string): Eventually<Outcome<Claims>> {
    if (token.length > MAX_TOKEN_LENGTH || !COMPACT.test(token)) return FORGED;
    if (this.#hmac?.isHmac(token) === true) return this.#judge(this.#hmac.verify(token));
    return this.#signatures === undefined ? FORGED : this.#verifySignature(token, this.#signatures);
  }

  #judge(claims: Claims | undefined): Outcome<Claims> {
    if (claims === undefined) return FORGED;
    const { audience, issuer, clock } = this.#options;
    const verdict = checkClaims(claims, { audience, issuer, now: clock.now() });
    if (verdict === 'ok') return ok(claims);
    return verdict === 'expired' ? EXPIRED : FORGED;
  }

  async #verifySignature(token: string, source: KeySource): Promise<Outcome<Claims>> {
    const { clock } = this.#options;
    const known = this.#verified.get(token, clock.now());
    if (known !== undefined) return this.#judge(known);
    try {
      const { payload } = await jwtVerify(token, source.key, {
        algorithms: [...source.algorithms],
        clockTolerance: NOT_BEFORE_SKEW_SECONDS,
        currentDate: new Date(clock.now()),
      });
      this.#verified.set(token, payload, clock.now());
      return this.#judge(payload);
    } catch (error) {
      return this.#failureOf(error);
    }
  }

  /** Nothing of the token goes into the log, nor back to who sent it. */
  #failureOf(error: unknown): Failure {
    if (error instanceof errors.JWTExpired) return EXPIRED;
    if (error instanceof errors.JOSEError) return FORGED;
    const { logger } = this.#options;
    if (error instanceof KeysUnavailableError) {
      logger.warn({ err: error.cause ?? error }, 'tokens cannot be verified: no key set');
      return fail('internal', 'tokens cannot be verified at present');
    }
    // A key that cannot do what the token's header asks of it, for example.
    logger.debug({ err: error }, 'token verification failed');
    return FORGED;
  }
}

/**
 * Without any key every token is refused.
 *
 * @throws Error for a key or URL that cannot be used, naming the setting.
 */
export const createJwtAuthenticator = (options: JwtAuthenticatorOptions): Authenticator =>
  new JwtAuthenticator(options);
