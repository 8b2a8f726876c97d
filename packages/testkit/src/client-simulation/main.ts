/**
 * Many stories, or one of them in full.
 *
 *   node --conditions=@carillon/source packages/testkit/src/client-simulation/main.ts --seeds 10000
 *   node --conditions=@carillon/source packages/testkit/src/client-simulation/main.ts --seed 42
 */
import { parseArgs } from 'node:util';
import { simulateClient } from './simulate-client.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, seed: { type: 'string' } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function tellOne(seed: number): Promise<number> {
  const { trace, violations } = await simulateClient(seed);
  for (const line of [...trace, ...violations]) say(line);
  return violations.length;
}

async function runMany(seeds: number): Promise<number> {
  const startedAt = performance.now();
  const sums = { publications: 0, gaps: 0, connections: 0, calls: 0 };
  let failed = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await simulateClient(seed);
    sums.publications += result.publications;
    sums.gaps += result.gaps;
    sums.connections += result.connections;
    sums.calls += result.calls;
    if (result.violations.length === 0) continue;
    failed += 1;
    say(`seed ${seed}: ${result.violations.join('; ')}`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  say(`${seeds} seeds, ${failed} failed, ${seconds} s ${JSON.stringify(sums)}`);
  return failed;
}

const { seed, seeds } = values;
process.exitCode =
  (await (seed === undefined ? runMany(Number(seeds)) : tellOne(Number(seed)))) > 0 ? 1 : 0;
