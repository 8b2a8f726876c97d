/**
 * HS256, HS384 and HS512 by the shared secret, synchronously. Every client that connects brings
 * one, and jose's way through Web Crypto types and promises costs ten times the HMAC itself; so
 * this one family is checked here, by fewer and stricter rules. Everything else is jose's.
 *
 * Nothing is read from a token but its header's `alg` before the signature has been compared.
 */
import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Parsed claims; nothing is known of any of them yet. */
export type Claims = Readonly<Record<string, unknown>>;

const DIGESTS: ReadonlyMap<unknown, string> = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);

/** An issuer writes the same header into all its tokens. */
const MAX_REMEMBERED_HEADERS = 64;

const isClaims = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsePart = (part: string): Claims | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isClaims(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

export class HmacTokens {
  readonly #key: KeyObject;
  readonly #digests = new Map<string, string>();

  /** @throws Error when the secret is empty. */
  constructor(secret: string) {
    if (secret === '') throw new Error('JWT_SECRET is empty');
    this.#key = createSecretKey(Buffer.from(secret));
  }

  /** Whether the header asks for HMAC: then nobody else may verify this token. */
  isHmac(token: string): boolean {
    return this.#digestOf(token.slice(0, token.indexOf('.'))) !== undefined;
  }

  /** Claims of a token with a good signature; undefined for every other. */
  verify(token: string): Claims | undefined {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    const digest = this.#digestOf(header);
    if (digest === undefined || rest.length > 0) return undefined;
    const expected = createHmac(digest, this.#key)
      .update(`${header}.${payload}`)
      .digest('base64url');
    // As text, so that a signature has one spelling only: base64 leaves bits over in its last digit.
    const isSame =
      expected.length === signature.length &&
      timingSafeEqual(Buffer.from(expected, 'latin1'), Buffer.from(signature, 'latin1'));
    return isSame ? parsePart(payload) : undefined;
  }

  #digestOf(header: string): string | undefined {
    const known = this.#digests.get(header);
    if (known !== undefined) return known;
    const fields = parsePart(header);
    // `crit` and `b64` change what is signed and how; no token of ours has them.
    if (fields === undefined || Object.hasOwn(fields, 'crit') || Object.hasOwn(fields, 'b64')) {
      return undefined;
    }
    const digest = DIGESTS.get(fields['alg']);
    if (digest !== undefined && this.#digests.size < MAX_REMEMBERED_HEADERS) {
      this.#digests.set(header, digest);
    }
    return digest;
  }
}
