/**
 * Tokens that were found good a moment ago, by their digest: after a restart or a network cut the
 * same tokens come back by the thousand. Bounded, and short-lived, so that a key that was taken
 * out of the key set stops working soon. Never holds a token itself.
 */
import { hash } from 'node:crypto';
import type { Identity } from '../../ports/authenticator.ts';

const MAX_ENTRIES = 20_000;
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly identity: Identity;
  /** ms since 1970. */
  readonly verifiedAt: number;
}

/** What stands for a token here. */
export const digestOf = (token: string): string => hash('sha256', token, 'base64');

export class VerifiedTokens {
  readonly #entries = new Map<string, Entry>();

  get(digest: string, now: number): Identity | undefined {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return undefined;
    const { identity, verifiedAt } = entry;
    const expiresAt = (identity.expiresAt ?? Infinity) * 1000;
    if (now < expiresAt && now >= verifiedAt && now - verifiedAt < MAX_AGE_MS) return identity;
    this.#entries.delete(digest);
    return undefined;
  }

  set(digest: string, identity: Identity, now: number): void {
    this.#entries.set(digest, { identity, verifiedAt: now });
    if (this.#entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
