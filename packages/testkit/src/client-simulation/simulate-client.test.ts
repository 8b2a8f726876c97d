import { describe, expect, it } from 'vitest';
import { simulateClient } from './simulate-client.ts';

/** `SIMULATION_RUNS` for more; `main.ts --seed 42` tells one story in full. */
const RUNS = Number(process.env['SIMULATION_RUNS'] ?? 300);
/** Seeds that once found a fault: an unsubscribe push that belonged to the subscription before. */
const FAILED_ONCE = [4783, 5929];
const SEEDS = [...FAILED_ONCE, ...Array.from({ length: RUNS }, (_, index) => index + 1)];

describe('the SDK against the server core', () => {
  it(
    'whatever breaks, every publication is seen once and in order, or a gap is told; every call ends',
    { timeout: 60_000 + RUNS * 100 },
    async () => {
      const sums = { publications: 0, gaps: 0, connections: 0, calls: 0 };
      for (const seed of SEEDS) {
        const result = await simulateClient(seed);
        const story = result.trace.slice(-60).join('\n');
        expect(result.violations, `seed ${seed}\n${story}`).toEqual([]);
        sums.publications += result.publications;
        sums.gaps += result.gaps;
        sums.connections += result.connections;
        sums.calls += result.calls;
      }
      // A world in which nothing happens proves nothing.
      expect(sums.publications).toBeGreaterThan(RUNS * 20);
      expect(sums.gaps).toBeGreaterThan(RUNS);
      expect(sums.connections).toBeGreaterThan(RUNS * 5);
      expect(sums.calls).toBeGreaterThan(RUNS);
    },
  );

  it('the same seed tells the same story', async () => {
    for (const seed of [3, 4]) {
      const [one, two] = [await simulateClient(seed), await simulateClient(seed)];
      expect(one.trace.length).toBeGreaterThan(50);
      expect(two.trace).toEqual(one.trace);
    }
  });

  it('a program that is not told of its gaps is found out', async () => {
    const violations: string[] = [];
    for (let seed = 1; seed <= 40; seed += 1) {
      violations.push(...(await simulateClient(seed, { hidesGaps: true })).violations);
    }
    expect(violations.join()).toMatch(/silent gap/);
    expect(violations.join()).toMatch(/phantom/);
  });
});
