/**
 * How fast handshakes may come: token buckets for the whole process and per remote address. The
 * addresses are a bounded map, so that a flood from many of them costs no memory; the bucket of
 * the process then still holds.
 */
import { type RateRule, ruleOf, TokenBucket } from '../../core/rate-limit.ts';
import type { WebSocketLimits } from './limits.ts';

/** `server`: too many altogether; `address`: too many of this one. */
export type ConnectVerdict = 'ok' | 'server' | 'address';

export class ConnectRate {
  readonly #maxAddresses: number;
  readonly #addressRule: RateRule;
  readonly #server: TokenBucket;
  /** In order of last use, the oldest first. */
  readonly #addresses = new Map<string, TokenBucket>();

  constructor(limits: WebSocketLimits, now: number) {
    this.#maxAddresses = limits.maxRememberedAddresses;
    this.#addressRule = ruleOf(limits.connectRatePerAddress);
    this.#server = new TokenBucket(ruleOf(limits.connectRate), now);
  }

  /** Counts one handshake. `key` undefined: an address that is exempt. */
  take(key: string | undefined, now: number): ConnectVerdict {
    // The address first: who floods must not use up what is everybody's.
    if (key !== undefined && !this.#takeAddress(key, now)) return 'address';
    return this.#server.take(now) ? 'ok' : 'server';
  }

  #takeAddress(key: string, now: number): boolean {
    const bucket = this.#addresses.get(key) ?? new TokenBucket(this.#addressRule, now);
    this.#addresses.delete(key);
    this.#addresses.set(key, bucket);
    if (this.#addresses.size > this.#maxAddresses) {
      const [oldest] = this.#addresses.keys();
      if (oldest !== undefined) this.#addresses.delete(oldest);
    }
    return bucket.take(now);
  }
}
