/** The Authenticator port over JSON Web Tokens (RFC 7519, and RFC 8725 on how not to). */
import { type Failure, MAX_TOKEN_LENGTH, type Outcome, fail } from '@carillon/protocol';
import {
  type JWTClaimVerificationOptions,
  type JWTPayload,
  type ProtectedHeaderParameters,
  decodeProtectedHeader,
  errors,
  jwtVerify,
} from 'jose';
import type { Authenticator, Identity, SubscriptionGrant } from '../../ports/authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { grantOf, identityOf } from './claims.ts';
import { verifyMac } from './mac-signature.ts';
import {
  type KeySource,
  KeysUnavailableError,
  publicKeySource,
  remoteKeySource,
  secretKeySource,
} from './verification-keys.ts';
import { VerifiedTokens, digestOf } from './verified-tokens.ts';

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

/** Clocks differ: a token may be this much "not yet valid". Its end is taken to the second. */
const NOT_BEFORE_SKEW_SECONDS = 5;

/** base64url, three parts. Anything else is not worth a parser's time. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const FORGED = fail('unauthorized');
const EXPIRED = fail('token_expired');

function headerOf(token: string): ProtectedHeaderParameters | undefined {
  if (token.length > MAX_TOKEN_LENGTH || !COMPACT.test(token)) return undefined;
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

class JwtAuthenticator implements Authenticator {
  readonly #sources: readonly KeySource[];
  readonly #options: JwtAuthenticatorOptions;
  readonly #verified = new VerifiedTokens();

  constructor(options: JwtAuthenticatorOptions) {
    const { secret, publicKey, jwksUrl, clock } = options;
    if (publicKey !== undefined && jwksUrl !== undefined) {
      throw new Error('JWT_PUBLIC_KEY and JWKS_URL exclude each other');
    }
    const sources: KeySource[] = [];
    if (secret !== undefined) sources.push(secretKeySource(secret));
    if (publicKey !== undefined) sources.push(publicKeySource(publicKey));
    if (jwksUrl !== undefined) sources.push(remoteKeySource(jwksUrl, () => clock.monotonic()));
    this.#sources = sources;
    this.#options = options;
  }

  async verifyConnection(token: string): Promise<Outcome<Identity>> {
    const { clock } = this.#options;
    if (token.length > MAX_TOKEN_LENGTH) return FORGED;
    const digest = digestOf(token);
    const known = this.#verified.get(digest, clock.now());
    if (known !== undefined) return { ok: true, value: known };
    const claims = await this.#verify(token);
    if (!claims.ok) return claims;
    const identity = identityOf(claims.value);
    if (identity.ok) this.#verified.set(digest, identity.value, clock.now());
    return identity;
  }

  async verifySubscription(token: string): Promise<Outcome<SubscriptionGrant>> {
    const claims = await this.#verify(token);
    return claims.ok ? grantOf(claims.value) : claims;
  }

  /** The source goes by the header's algorithm, which nobody has verified: but each accepts its own family only. */
  async #verify(token: string): Promise<Outcome<JWTPayload>> {
    const header = headerOf(token);
    const { alg = '' } = header ?? {};
    const source = this.#sources.find(({ algorithms }) => algorithms.includes(alg));
    if (header === undefined || source === undefined) return FORGED;
    try {
      const claims = await this.#claimsOf(token, header, source);
      const { exp } = claims;
      if (exp !== undefined && exp * 1000 <= this.#options.clock.now()) return EXPIRED;
      return { ok: true, value: claims };
    } catch (error) {
      return this.#failureOf(error);
    }
  }

  async #claimsOf(
    token: string,
    header: ProtectedHeaderParameters,
    source: KeySource,
  ): Promise<JWTPayload> {
    const { audience, issuer, clock } = this.#options;
    const options: JWTClaimVerificationOptions = {
      clockTolerance: NOT_BEFORE_SKEW_SECONDS,
      currentDate: new Date(clock.now()),
      ...(audience !== undefined && { audience }),
      ...(issuer !== undefined && { issuer }),
    };
    if ('secret' in source) return verifyMac(token, { header, secret: source.secret, options });
    const { key, algorithms } = source;
    const { payload } = await jwtVerify(token, key, { ...options, algorithms: [...algorithms] });
    return payload;
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
