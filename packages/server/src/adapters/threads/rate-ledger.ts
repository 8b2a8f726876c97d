/** What all threads took from per-user limits, told to each of them once. Forgets in two steps of time. */

/** A bucket that nobody names for this long is forgotten: at the earliest after this, at the latest after twice. */
export const RATES_FORGOTTEN_AFTER_MS = 10_000;

interface Account {
  total: number;
  /** What each thread knows of the total: its own part and what it was told. */
  readonly known: Map<object, number>;
}

export class RateLedger {
  #young = new Map<string, Account>();
  #old = new Map<string, Account>();
  #turnedAtMs: number;

  constructor(nowMs: number) {
    this.#turnedAtMs = nowMs;
  }

  exchange(
    thread: object,
    spent: ReadonlyMap<string, number>,
    nowMs: number,
  ): ReadonlyMap<string, number> {
    this.#turn(nowMs);
    const others = new Map<string, number>();
    for (const [bucket, count] of spent) {
      const account = this.#account(bucket);
      const told = account.total - (account.known.get(thread) ?? 0);
      account.total += count;
      account.known.set(thread, account.total);
      if (told > 0) others.set(bucket, told);
    }
    return others;
  }

  #account(bucket: string): Account {
    const young = this.#young.get(bucket);
    if (young !== undefined) return young;
    const account = this.#old.get(bucket) ?? { total: 0, known: new Map() };
    this.#old.delete(bucket);
    this.#young.set(bucket, account);
    return account;
  }

  #turn(nowMs: number): void {
    const ageMs = nowMs - this.#turnedAtMs;
    if (ageMs < RATES_FORGOTTEN_AFTER_MS) return;
    this.#old = ageMs < 2 * RATES_FORGOTTEN_AFTER_MS ? this.#young : new Map();
    this.#young = new Map();
    this.#turnedAtMs = nowMs;
  }
}
