import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Most suites wait for processes rather than for the CPU: one fewer than cores, the default, is too few for two. */
const MIN_WORKERS = 2;

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
    maxWorkers: Math.max(MIN_WORKERS, availableParallelism() - 1),
    execArgv: ['--conditions=@carillon/source'],
    testTimeout: 15_000,
    // Two suites share two cores: what a poll waits for may take longer than the default second.
    expect: { poll: { timeout: 5_000 } },
  },
});
