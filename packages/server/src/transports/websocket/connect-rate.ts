/**
 * How fast handshakes may come: token buckets for the whole process and per remote address. The
 * addresses are a bounded map, so that a flood from many of them costs no memory; the bucket of
 * the process then still holds.
 */
import type { Rate, WebSocketLimits } from './limits.ts';

interface Bucket {
  tokens: number;
  /** Monotonic ms of the last refill. */
  at: number;
}

const take = (bucket: Bucket, rate: Rate, now: number): boolean => {
  const refill = ((now - bucket.at) * rate.count) / rate.perMs;
  bucket.tokens = Math.min(rate.count, bucket.tokens + refill);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
};

/** `server`: too many altogether; `address`: too many of this one. */
export type ConnectVerdict = 'ok' | 'server' | 'address';

export class ConnectRate {
  readonly #limits: WebSocketLimits;
  readonly #server: Bucket;
  /** In order of last use, the oldest first. */
  readonly #addresses = new Map<string, Bucket>();

  constructor(limits: WebSocketLimits, now: number) {
    this.#limits = limits;
    this.#server = { tokens: limits.connectRate.count, at: now };
  }

  /** Counts one handshake. `key` undefined: an address that is exempt. */
  take(key: string | undefined, now: number): ConnectVerdict {
    // The address first: who floods must not use up what is everybody's.
    if (key !== undefined && !this.#takeAddress(key, now)) return 'address';
    return take(this.#server, this.#limits.connectRate, now) ? 'ok' : 'server';
  }

  #takeAddress(key: string, now: number): boolean {
    const rate = this.#limits.connectRatePerAddress;
    const bucket = this.#addresses.get(key) ?? { tokens: rate.count, at: now };
    this.#addresses.delete(key);
    this.#addresses.set(key, bucket);
    if (this.#addresses.size > this.#limits.maxRememberedAddresses) {
      const [oldest] = this.#addresses.keys();
      if (oldest !== undefined) this.#addresses.delete(oldest);
    }
    return take(bucket, rate, now);
  }
}
