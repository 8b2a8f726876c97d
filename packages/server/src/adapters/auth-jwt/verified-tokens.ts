/**
 * Signed tokens that were found good a moment ago, by their digest: after a network cut the same
 * tokens come back by the thousand, and a signature costs fifty times a digest. Bounded, and short-lived, so that a key that was taken
 * out of the key set stops working soon. Never holds a token itself.
 */
import { hash } from 'node:crypto';
import type { Claims } from './hmac-tokens.ts';

const MAX_ENTRIES = 20_000;
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly claims: Claims;
  /** ms since 1970. */
  readonly verifiedAt: number;
}

export class VerifiedTokens {
  readonly #entries = new Map<string, Entry>();

  /** Claims whose signature was good; whether they still count is for the caller to check again. */
  get(token: string, now: number): Claims | undefined {
    const digest = hash('sha256', token, 'base64');
    const entry = this.#entries.get(digest);
    if (entry === undefined) return undefined;
    const age = now - entry.verifiedAt;
    if (age >= 0 && age < MAX_AGE_MS) return entry.claims;
    this.#entries.delete(digest);
    return undefined;
  }

  set(token: string, claims: Claims, now: number): void {
    this.#entries.set(hash('sha256', token, 'base64'), { claims, verifiedAt: now });
    if (this.#entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
