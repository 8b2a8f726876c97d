/** Keys of the last minutes with the result they led to. All live equally long, so the oldest stands first. */
import type { PublishResult } from '../../ports/broker.ts';

interface Entry {
  readonly result: PublishResult;
  readonly expiresAtMs: number;
}

export class IdempotencyKeys {
  readonly #ttlMs: number;
  readonly #maxKeys: number;
  readonly #entries = new Map<string, Entry>();

  constructor(ttlMs: number, maxKeys: number) {
    this.#ttlMs = ttlMs;
    this.#maxKeys = maxKeys;
  }

  find(key: string, nowMs: number): PublishResult | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && nowMs < entry.expiresAtMs ? entry.result : undefined;
  }

  remember(key: string, result: PublishResult, nowMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { result, expiresAtMs: nowMs + this.#ttlMs });
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxKeys && nowMs < entry.expiresAtMs) return;
      this.#entries.delete(oldest);
    }
  }
}
