/** The registered claims of RFC 7519 §4.1 that decide whether a verified token counts here and now. */
import type { Claims } from './hmac-tokens.ts';

/** Clocks differ: a token may be this much "not yet valid". Its end is taken to the second. */
export const NOT_BEFORE_SKEW_SECONDS = 5;

export interface ExpectedClaims {
  readonly audience?: string | undefined;
  readonly issuer?: string | undefined;
  /** ms since 1970. */
  readonly now: number;
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

const isFor = (audience: string, aud: unknown): boolean =>
  aud === audience || (Array.isArray(aud) && aud.includes(audience));

/** `invalid` comes before `expired`: a token that was never meant for us did not run out. */
export const checkClaims = (
  claims: Claims,
  { audience, issuer, now }: ExpectedClaims,
): 'ok' | 'expired' | 'invalid' => {
  const { exp, nbf, iat, aud, iss } = claims;
  if (audience !== undefined && !isFor(audience, aud)) return 'invalid';
  if (issuer !== undefined && iss !== issuer) return 'invalid';
  if (iat !== undefined && !isTime(iat)) return 'invalid';
  const latestStart = now / 1000 + NOT_BEFORE_SKEW_SECONDS;
  if (nbf !== undefined && (!isTime(nbf) || nbf > latestStart)) return 'invalid';
  if (exp === undefined) return 'ok';
  if (!isTime(exp)) return 'invalid';
  return exp * 1000 <= now ? 'expired' : 'ok';
};
