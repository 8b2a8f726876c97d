import { expect, it } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { silentLogger } from '../../../testkit/src/simulation/node-fixture.ts';
import { FailureLog } from './failure-log.ts';

it('the same failure is written once a second, with the number that was left out', async () => {
  const clock = createFakeClock();
  const lines: [object, string][] = [];
  const write = (fields: object, message: string): void => void lines.push([fields, message]);
  const log = new FailureLog({ ...silentLogger(), warn: write, error: write }, clock);
  for (let count = 0; count < 5; count += 1) log.write('error', { count }, 'the broker failed');
  log.write('warn', {}, 'another');
  await clock.advance(1_000);
  log.write('error', { count: 5 }, 'the broker failed');
  await clock.advance(1_000);
  log.write('error', { count: 6 }, 'the broker failed');
  expect(lines).toEqual([
    [{ count: 0 }, 'the broker failed'],
    [{}, 'another'],
    [{ count: 5, suppressed: 4 }, 'the broker failed'],
    [{ count: 6 }, 'the broker failed'],
  ]);
});
