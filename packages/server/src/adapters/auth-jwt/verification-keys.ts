/**
 * Public keys, and which algorithms each may verify. Every key is pinned to the signatures of its
 * own type, and the shared secret is elsewhere (hmac-tokens.ts): so a token cannot choose how it
 * is checked, `none` has no key, and a public key is never taken for a secret.
 *
 * Nothing a token says names an address: `jku`, `x5u`, `jwk` and `iss` are not followed.
 */
import { type KeyObject, createPublicKey } from 'node:crypto';
import { type CryptoKey, type JWTVerifyGetKey, createRemoteJWKSet, errors } from 'jose';

export interface KeySource {
  readonly algorithms: readonly string[];
  /** A key, or where to find it by the token's `kid`. */
  readonly key: KeyObject | JWTVerifyGetKey<CryptoKey>;
}

/** The key set could not be fetched: nothing is known about the token. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EC_CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};
const EDWARDS = ['EdDSA', 'Ed25519'];
const ASYMMETRIC = [...RSA, ...Object.values(EC_CURVES), ...EDWARDS];

const MIN_RSA_BITS = 2048;
const FETCH_TIMEOUT_MS = 5000;
/** An unknown `kid` asks for the set again at most this often. */
const REFETCH_INTERVAL_MS = 30_000;
/** A set that could not be fetched is not asked for again before. */
const RETRY_AFTER_FAILURE_MS = 1000;
const MAX_SET_AGE_MS = 10 * 60_000;

const algorithmsOf = (key: KeyObject): readonly string[] => {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType;
  if (type === 'ed25519') return EDWARDS;
  if (type === 'ec') {
    const algorithm = EC_CURVES[namedCurve];
    if (algorithm !== undefined) return [algorithm];
    throw new Error(`JWT_PUBLIC_KEY: curve ${namedCurve} is not supported`);
  }
  if (type !== 'rsa') throw new Error(`JWT_PUBLIC_KEY: key type ${type ?? ''} is not supported`);
  if (modulusLength >= MIN_RSA_BITS) return RSA;
  throw new Error(`JWT_PUBLIC_KEY: ${modulusLength} bits are too few, RSA needs ${MIN_RSA_BITS}`);
};

/** @throws Error when the text is not a PEM public key of a supported kind. */
export const publicKeySource = (pem: string): KeySource => {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw new Error('JWT_PUBLIC_KEY is not a public key in PEM', { cause: error });
  }
  return { algorithms: algorithmsOf(key), key };
};

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Keys by `kid` from the one configured URL, for the one configured issuer; another issuer's keys
 * can therefore never stand in this cache. Redirects are not followed.
 *
 * @throws Error when the URL is neither https nor on loopback.
 */
export const remoteKeySource = (url: string, monotonic: () => number): KeySource => {
  if (!URL.canParse(url)) throw new Error(`JWKS_URL ${url} is not a URL`);
  const address = new URL(url);
  const isPlainLoopback = address.protocol === 'http:' && LOOPBACK_HOSTS.has(address.hostname);
  if (address.protocol !== 'https:' && !isPlainLoopback) {
    throw new Error(`JWKS_URL ${url} must be https`);
  }
  const keySet = createRemoteJWKSet(address, {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: REFETCH_INTERVAL_MS,
    cacheMaxAge: MAX_SET_AGE_MS,
  });
  let failedAt = -Infinity;
  const find: JWTVerifyGetKey<CryptoKey> = async (header, token) => {
    if (monotonic() - failedAt < RETRY_AFTER_FAILURE_MS) {
      throw new KeysUnavailableError('the key set could not be fetched a moment ago');
    }
    try {
      return await keySet(header, token);
    } catch (error) {
      // Which key a token asks for is the token's fault, everything else the set's.
      if (error instanceof errors.JWKSNoMatchingKey) throw error;
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      failedAt = monotonic();
      throw new KeysUnavailableError('the key set could not be fetched', { cause: error });
    }
  };
  return { algorithms: ASYMMETRIC, key: find };
};
