import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedRateLimit, TokenBucket } from './rate-limit.ts';

describe('token bucket', () => {
  it('asking whether a token is there takes none', () => {
    const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, 0);
    expect([bucket.has(0), bucket.has(0), bucket.take(0)]).toEqual([true, true, true]);
    expect([bucket.has(999), bucket.has(1_000)]).toEqual([false, true]);
    const keyed = new KeyedRateLimit({ burst: 1, perSecond: 1 }, 10);
    expect([keyed.has('ann', 0), keyed.size]).toEqual([true, 0]);
    keyed.take('ann', 0);
    expect([keyed.has('ann', 0), keyed.has('bob', 0)]).toEqual([false, true]);
  });

  it('[SES12] in any stretch of time no more passes than a burst and what flowed back', () => {
    const scenario = fc.record({
      burst: fc.integer({ min: 1, max: 20 }),
      perSecond: fc.integer({ min: 1, max: 50 }),
      pauses: fc.array(fc.nat(2_000), { maxLength: 200 }),
    });
    fc.assert(
      fc.property(scenario, ({ burst, perSecond, pauses }) => {
        const bucket = new TokenBucket({ burst, perSecond }, 0);
        const passed: number[] = [];
        let nowMs = 0;
        for (const pause of pauses) {
          nowMs += pause;
          if (bucket.take(nowMs)) passed.push(nowMs);
        }
        for (const [index, startMs] of passed.entries()) {
          const until = passed.slice(index);
          for (const [more, endMs] of until.entries()) {
            const allowed = burst + ((endMs - startMs) * perSecond) / 1000;
            expect(more + 1).toBeLessThanOrEqual(allowed + 1e-6);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('[SES12] whoever keeps to the rate is never refused', () => {
    const bucket = new TokenBucket({ burst: 1, perSecond: 10 }, 0);
    for (let nowMs = 0; nowMs < 100_000; nowMs += 100) expect(bucket.take(nowMs)).toBe(true);
  });

  it('a clock that seems to run backwards gives nothing away', () => {
    const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, 10_000);
    expect(bucket.take(10_000)).toBe(true);
    expect(bucket.take(5_000)).toBe(false);
    expect(bucket.take(10_999)).toBe(false);
    expect(bucket.take(11_000)).toBe(true);
  });

  it('a rate of 0 never refuses', () => {
    const bucket = new TokenBucket({ burst: 0, perSecond: 0 }, 0);
    expect(bucket.take(0)).toBe(true);
  });
});

describe('rates by key', () => {
  it('[SES12] the number of remembered keys is bounded; full buckets go first', () => {
    const limit = new KeyedRateLimit({ burst: 2, perSecond: 1 }, 10);
    expect([limit.take('empty', 0), limit.take('empty', 0), limit.take('empty', 0)]).toEqual([
      true,
      true,
      false,
    ]);
    for (let index = 0; index < 1_000; index += 1) limit.take(`user-${index}`, index / 1_000);
    expect(limit.size).toBeLessThanOrEqual(10);
  });
});
