/** Which publications were delivered on this node while the others could not be reached. Bounded; the oldest are forgotten. */
import type { Clock } from '../../ports/clock.ts';

export class LocalDeliveries {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #max: number;
  /** When each ends, monotonic ms; oldest first. */
  readonly #expiries = new Map<string, number>();

  constructor(clock: Clock, ttlMs: number, max: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#max = max;
  }

  has(channel: string, key: string): boolean {
    const expiresAtMs = this.#expiries.get(`${channel}\n${key}`);
    return expiresAtMs !== undefined && this.#clock.monotonic() < expiresAtMs;
  }

  add(channel: string, key: string): void {
    const nowMs = this.#clock.monotonic();
    this.#expiries.set(`${channel}\n${key}`, nowMs + this.#ttlMs);
    for (const [oldest, expiresAtMs] of this.#expiries) {
      if (this.#expiries.size <= this.#max && nowMs < expiresAtMs) return;
      this.#expiries.delete(oldest);
    }
  }
}
