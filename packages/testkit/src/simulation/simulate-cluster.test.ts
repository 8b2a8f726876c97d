import { describe, expect, it } from 'vitest';
import { simulateCluster } from './simulate-cluster.ts';

/** `SIMULATION_SEED=42 npx vitest run …` replays one story; `SIMULATION_RUNS` runs more of them. */
const REPLAY = process.env['SIMULATION_SEED'];
const RUNS = Number(process.env['SIMULATION_RUNS'] ?? 200);
const SEEDS =
  REPLAY === undefined ? Array.from({ length: RUNS }, (_, index) => index + 1) : [Number(REPLAY)];

describe('simulation of several nodes', () => {
  it(
    '[CLU2] [CLU6] [CLU7] [REC6] [DEL4] whatever breaks, nothing is lost, repeated or reordered without a word, and every node knows who is there in the end',
    { timeout: 60_000 + RUNS * 400 },
    async () => {
      let publications = 0;
      let resets = 0;
      for (const seed of SEEDS) {
        const result = await simulateCluster({ seed });
        publications += result.publications;
        resets += result.resets;
        expect(
          result.violations,
          `replay with SIMULATION_SEED=${seed}\n${result.trace.slice(-80).join('\n')}`,
        ).toEqual([]);
      }
      expect(publications).toBeGreaterThan(SEEDS.length * 20);
      expect(resets).toBeGreaterThan(0);
    },
  );

  it('the same seed tells the same story', async () => {
    for (const seed of [7, 8, 9]) {
      const [one, two] = [await simulateCluster({ seed }), await simulateCluster({ seed })];
      expect(one.trace.length).toBeGreaterThan(50);
      expect(two.trace).toEqual(one.trace);
    }
    const other = await simulateCluster({ seed: 10 });
    expect(other.trace).not.toEqual((await simulateCluster({ seed: 7 })).trace);
  });

  it('a server that looks for lost publications too rarely is found out', async () => {
    const violations: string[] = [];
    const limits = { positionCheckIntervalMs: 3_600_000, reconnectedCheckMs: 3_600_000 };
    for (let seed = 1; seed <= 40 && violations.length === 0; seed += 1) {
      const result = await simulateCluster({ seed, limits });
      violations.push(...result.violations);
    }
    expect(violations[0]).toMatch(/lost/);
  });
});
