import { describe, expect, it } from 'vitest';
import { ConnectRate } from './connect-rate.ts';
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from './limits.ts';

const rate = (limits: Partial<WebSocketLimits>): ConnectRate =>
  new ConnectRate({ ...DEFAULT_WEBSOCKET_LIMITS, ...limits }, 0);

interface Burst {
  readonly attempts: number;
  readonly now: number;
  readonly key?: string;
}

/** How many of so many attempts at one moment pass. */
const passing = (limiter: ConnectRate, { attempts, now, key }: Burst): number => {
  const verdicts = Array.from({ length: attempts }, () => limiter.take(key, now));
  return verdicts.filter((verdict) => verdict === 'ok').length;
};

describe('connect rate', () => {
  it('lets a burst through, then as many as come back with time', () => {
    const limiter = rate({ connectRate: { count: 100, perMs: 1000 } });
    expect(passing(limiter, { attempts: 150, now: 0 })).toBe(100);
    expect(passing(limiter, { attempts: 150, now: 100 })).toBe(10);
    expect(passing(limiter, { attempts: 150, now: 1100 })).toBe(100);
    expect(passing(limiter, { attempts: 150, now: 60_000 })).toBe(100);
  });

  it('over a long time it is the rate that was set, however often it is asked', () => {
    const limiter = rate({ connectRate: { count: 50, perMs: 1000 } });
    let passed = 0;
    for (let now = 0; now < 10_000; now += 7) passed += passing(limiter, { attempts: 3, now });
    expect(passed).toBeGreaterThanOrEqual(50 + 499 - 2);
    expect(passed).toBeLessThanOrEqual(50 + 500);
  });

  it('one address that floods leaves the others what is theirs', () => {
    const limiter = rate({
      connectRate: { count: 100, perMs: 1000 },
      connectRatePerAddress: { count: 10, perMs: 1000 },
    });
    expect(passing(limiter, { attempts: 1000, now: 0, key: 'flood' })).toBe(10);
    expect(passing(limiter, { attempts: 10, now: 0, key: 'other' })).toBe(10);
    expect(passing(limiter, { attempts: 100, now: 0 })).toBe(80);
  });

  it('remembers a bounded number of addresses, and forgets the one unseen for longest', () => {
    const limiter = rate({
      connectRatePerAddress: { count: 1, perMs: 60_000 },
      maxRememberedAddresses: 2,
    });
    expect(limiter.take('a', 0)).toBe('ok');
    expect(limiter.take('b', 0)).toBe('ok');
    expect(limiter.take('a', 0)).toBe('address');
    expect(limiter.take('c', 0)).toBe('ok');
    expect(limiter.take('a', 0)).toBe('address');
    expect(limiter.take('b', 0)).toBe('ok');
  });
});
