/**
 * Times as counts of a few fixed buckets, each a quarter longer than the one before: small enough
 * to keep for every second and to add up over nodes, and a percentile is at most 25 % too high.
 */

const SHORTEST_MS = 0.05;
const GROWTH = 1.25;
const LOG_GROWTH = Math.log(GROWTH);
/** The last one, for everything above 75 s. */
const LAST = 64;

/** Bucket `n` holds times up to SHORTEST_MS × GROWTH^n. */
export function bucketOf(ms: number): number {
  if (!(ms > SHORTEST_MS)) return 0;
  return Math.min(LAST, Math.ceil(Math.log(ms / SHORTEST_MS) / LOG_GROWTH));
}

const upperBoundMs = (bucket: number): number => SHORTEST_MS * GROWTH ** bucket;

/** Bucket and count, alternating, without the empty ones; counts are read and cleared. */
export class LatencyCounts {
  readonly #counts = new Uint32Array(LAST + 1);
  #total = 0;

  add(ms: number): void {
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  take(): readonly number[] {
    if (this.#total === 0) return NONE;
    const sparse: number[] = [];
    for (const [bucket, count] of this.#counts.entries()) {
      if (count > 0) sparse.push(bucket, count);
    }
    this.#counts.fill(0);
    this.#total = 0;
    return sparse;
  }
}

const NONE: readonly number[] = [];

/** Over several nodes or seconds. Undefined where nothing was measured. */
export function percentileMs(
  latencies: readonly (readonly number[])[],
  percent: number,
): number | undefined {
  const counts = new Map<number, number>();
  let total = 0;
  for (const sparse of latencies) {
    for (let at = 0; at + 1 < sparse.length; at += 2) {
      const bucket = sparse[at] ?? 0;
      const count = sparse[at + 1] ?? 0;
      counts.set(bucket, (counts.get(bucket) ?? 0) + count);
      total += count;
    }
  }
  if (total === 0) return undefined;
  let missing = Math.ceil((total * percent) / 100);
  const ascending = [...counts].toSorted(([one], [other]) => one - other);
  for (const [bucket, count] of ascending) {
    missing -= count;
    if (missing <= 0) return upperBoundMs(bucket);
  }
  return undefined;
}
