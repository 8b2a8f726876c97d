/** A node's shared rates over a simulated engine. */
import type { SharedRates } from '../../../server/src/ports/shared-rates.ts';
import { AWAY } from './engine-away.ts';
import type { Link, SharedBucket } from './simulated-engine.ts';

export const RATES_FORGOTTEN_MS = 10_000;

export function createSimulatedRates(link: Link): SharedRates {
  const { engine } = link;
  const bucketOf = (name: string): SharedBucket => {
    const nowMs = engine.clock.monotonic();
    let bucket = engine.buckets.get(name);
    if (bucket === undefined || nowMs - bucket.usedAtMs > RATES_FORGOTTEN_MS) {
      bucket = { usedAtMs: nowMs, taken: new Map(), told: new Map() };
      engine.buckets.set(name, bucket);
    }
    bucket.usedAtMs = nowMs;
    return bucket;
  };
  return {
    exchange(spent) {
      if (link.isAway) return Promise.reject(new Error(AWAY));
      const others = new Map<string, number>();
      for (const [name, count] of spent) {
        const { taken, told } = bucketOf(name);
        taken.set(link, (taken.get(link) ?? 0) + count);
        let sum = 0;
        for (const [each, amount] of taken) if (each !== link) sum += amount;
        others.set(name, sum - (told.get(link) ?? 0));
        told.set(link, sum);
      }
      return Promise.resolve(others);
    },
  };
}
