/**
 * Tokens signed with a shared secret, checked on the spot. jose goes through WebCrypto and so
 * through the thread pool, which costs several times the MAC itself and was the dearest part of
 * accepting a connection. Only the MAC is computed here: header and claims stay jose's to judge.
 */
import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto';
import {
  type JWTClaimVerificationOptions,
  type JWTPayload,
  type ProtectedHeaderParameters,
  UnsecuredJWT,
  errors,
} from 'jose';

const DIGESTS: Readonly<Record<string, string>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
};

const encodeJson = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

export interface MacCheck {
  /** The token's own, decoded. */
  readonly header: ProtectedHeaderParameters;
  readonly secret: KeyObject;
  readonly options: JWTClaimVerificationOptions;
}

/** `token` has three parts of base64url. @throws errors.JOSEError, as `jwtVerify` does. */
export const verifyMac = (token: string, { header, secret, options }: MacCheck): JWTPayload => {
  const digest = DIGESTS[header.alg ?? ''];
  if (digest === undefined) throw new errors.JOSEAlgNotAllowed('not an HMAC algorithm');
  const signed = token.slice(0, token.lastIndexOf('.'));
  const given = Buffer.from(token.slice(signed.length + 1), 'base64url');
  const expected = createHmac(digest, secret).update(signed, 'latin1').digest();
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new errors.JWSSignatureVerificationFailed();
  }
  // The signature is good and dropped; what is left of the token is judged by the library.
  const bareHeader = encodeJson({ ...header, alg: 'none' });
  const payload = signed.slice(signed.indexOf('.') + 1);
  return UnsecuredJWT.decode(`${bareHeader}.${payload}.`, options).payload;
};
