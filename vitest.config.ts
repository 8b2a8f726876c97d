import { defineConfig } from 'vitest/config';

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
    execArgv: ['--conditions=@carillon/source'],
    testTimeout: 15_000,
  },
});
