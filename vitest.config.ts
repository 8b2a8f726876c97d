import { availableParallelism } from 'node:os';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** Most suites wait for processes rather than for the CPU: one fewer than cores, the default, is too few for two. */
const MIN_WORKERS = 2;

/** Up to a minute and more each, in files that are short: by size they would be begun last, and waited for. */
const LONG = /e2e\/src\/(durability|topology)\//;

/** Long ones one by one among the first half: together they would keep each other from the disk. */
class LongOnesEarly extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    const sorted = await super.sort(files);
    const long = sorted.filter(isLong);
    const short = sorted.filter((file) => !isLong(file));
    const stride = Math.ceil(short.length / 2 / Math.max(1, long.length));
    return [
      ...long.flatMap((file, index) => [
        file,
        ...short.slice(index * stride, (index + 1) * stride),
      ]),
      ...short.slice(long.length * stride),
    ];
  }
}

export default defineConfig({
  resolve: { conditions: ['@carillon/source'] },
  ssr: { resolve: { conditions: ['@carillon/source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'e2e/src/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    pool: 'forks',
    sequence: { sequencer: LongOnesEarly },
    maxWorkers: Math.max(MIN_WORKERS, availableParallelism() - 1),
    execArgv: ['--conditions=@carillon/source'],
    testTimeout: 15_000,
    // Two suites share two cores: what a poll waits for may take longer than the default second.
    expect: { poll: { timeout: 5_000 } },
  },
});
