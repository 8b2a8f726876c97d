/**
 * Token buckets. Pure: the caller brings the time. A bucket starts full, so that the burst of
 * commands after a connect passes, and refills evenly.
 */

export interface RateRule {
  /** Tokens a full bucket holds. */
  readonly burst: number;
  /** Tokens that come back per second; 0: this rule never refuses. */
  readonly perSecond: number;
}

/** `count` at once, and as many again every `perMs` milliseconds: the way settings put it. */
export const ruleOf = ({
  count,
  perMs,
}: {
  readonly count: number;
  readonly perMs: number;
}): RateRule => ({ burst: count, perSecond: (count * 1000) / perMs });

export class TokenBucket {
  readonly #rule: RateRule;
  #tokens: number;
  #refilledAtMs: number;

  constructor(rule: RateRule, nowMs: number) {
    this.#rule = rule;
    this.#tokens = rule.burst;
    this.#refilledAtMs = nowMs;
  }

  /** Takes `cost` tokens, or none and answers false. `nowMs` is monotonic. */
  take(nowMs: number, cost = 1): boolean {
    if (this.#rule.perSecond <= 0) return true;
    if (!this.has(nowMs, cost)) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Whether `take` would get its tokens; takes none. */
  has(nowMs: number, cost = 1): boolean {
    if (this.#rule.perSecond <= 0) return true;
    this.#refill(nowMs);
    return this.#tokens >= cost;
  }

  /** Takes what others took already; a bucket may owe as much as it holds, and no more. */
  charge(nowMs: number, cost: number): void {
    this.#refill(nowMs);
    this.#tokens = Math.max(-this.#rule.burst, this.#tokens - cost);
  }

  /** A full bucket says nothing that a new one would not say: it can be forgotten. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= this.#rule.burst;
  }

  #refill(nowMs: number): void {
    const elapsedMs = nowMs - this.#refilledAtMs;
    if (elapsedMs <= 0) return;
    const refilled = this.#tokens + (elapsedMs * this.#rule.perSecond) / 1000;
    this.#tokens = Math.min(this.#rule.burst, refilled);
    this.#refilledAtMs = nowMs;
  }
}

/** A bucket that counts what was taken since the other nodes were told. */
class CountingBucket extends TokenBucket {
  untold = 0;
}

/**
 * One bucket per key (a user, an address). A key keeps its bucket after its last connection, or
 * reconnecting would refill it; full buckets are dropped, and beyond `maxKeys` the oldest is.
 */
export class KeyedRateLimit {
  readonly #rule: RateRule;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, CountingBucket>();
  #touched = new Map<string, CountingBucket>();
  #onTouched: (() => void) | undefined = undefined;

  constructor(rule: RateRule, maxKeys: number) {
    this.#rule = rule;
    this.#maxKeys = maxKeys;
  }

  /** From now on what is taken is counted for `takeUntold`; called back with the first of each key. */
  watch(onTouched: () => void): void {
    this.#onTouched = onTouched;
  }

  /** There is something for `takeUntold`. */
  get hasUntold(): boolean {
    return this.#touched.size > 0;
  }

  /**
   * What was taken since the last call, by key. A key comes once more, with 0: who took from it at
   * the same time on another node may have told that a moment later.
   */
  takeUntold(): ReadonlyMap<string, number> {
    const untold = new Map<string, number>();
    const again = new Map<string, CountingBucket>();
    for (const [key, bucket] of this.#touched) {
      untold.set(key, bucket.untold);
      if (bucket.untold > 0) again.set(key, bucket);
      bucket.untold = 0;
    }
    this.#touched = again;
    return untold;
  }

  /** Other nodes took so much. */
  charge(key: string, nowMs: number, cost: number): void {
    this.#buckets.get(key)?.charge(nowMs, cost);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Whether `take` would say true; takes nothing and remembers nobody. */
  has(key: string, nowMs: number): boolean {
    return this.#buckets.get(key)?.has(nowMs) ?? true;
  }

  take(key: string, nowMs: number): boolean {
    if (this.#rule.perSecond <= 0) return true;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#maxKeys) this.#makeRoom(nowMs);
      bucket = new CountingBucket(this.#rule, nowMs);
      this.#buckets.set(key, bucket);
    }
    const isTaken = bucket.take(nowMs);
    if (isTaken && this.#onTouched !== undefined) this.#count(key, bucket);
    return isTaken;
  }

  #count(key: string, bucket: CountingBucket): void {
    bucket.untold += 1;
    if (bucket.untold > 1) return;
    this.#touched.set(key, bucket);
    this.#onTouched?.();
  }

  #makeRoom(nowMs: number): void {
    let looked = 0;
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull(nowMs)) this.#buckets.delete(key);
      looked += 1;
      if (looked === 64) break;
    }
    if (this.#buckets.size < this.#maxKeys) return;
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}
