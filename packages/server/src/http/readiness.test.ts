import { expect, test } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import type { HealthCheck } from '../ports/health.ts';
import { createReadiness } from './readiness.ts';

/** Time stands still; a deadline passes when the test says so. */
const stoppedClock = (): Clock & { passDeadlines(): void; advance(ms: number): void } => {
  let now = 0;
  const waiting = new Set<() => void>();
  return {
    now: () => now,
    monotonic: () => now,
    after: (_delay, callback) => {
      waiting.add(callback);
      return () => waiting.delete(callback);
    },
    defer: (callback) => queueMicrotask(callback),
    passDeadlines: () => {
      for (const callback of waiting) callback();
    },
    advance: (ms) => {
      now += ms;
    },
  };
};

const works: HealthCheck = { name: 'broker', check: async () => {} };

const readinessOf = (checks: readonly HealthCheck[], isDraining = false) => {
  const clock = stoppedClock();
  const ask = createReadiness({
    healthChecks: checks,
    isDraining: () => isDraining,
    clock,
    timeoutMs: 2000,
  });
  return { clock, ask };
};

test('ready when every part answers, each named', async () => {
  const { ask } = readinessOf([works, { ...works, name: 'store' }]);
  expect(await ask()).toEqual({
    status: 'ready',
    checks: { broker: { status: 'ok', ms: 0 }, store: { status: 'ok', ms: 0 } },
  });
});

test('one failing part makes it not ready and says why', async () => {
  const broken: HealthCheck = {
    name: 'store',
    check: () => Promise.reject(new Error('disk full')),
  };
  const { ask } = readinessOf([works, broken]);
  expect(await ask()).toEqual({
    status: 'not_ready',
    checks: {
      broker: { status: 'ok', ms: 0 },
      store: { status: 'failed', ms: 0, reason: 'disk full' },
    },
  });
});

test('a part that does not answer in time has failed', async () => {
  const hangs: HealthCheck = { name: 'store', check: () => new Promise(() => {}) };
  const { ask, clock } = readinessOf([hangs]);
  const asked = ask();
  clock.passDeadlines();
  expect(await asked).toMatchObject({
    status: 'not_ready',
    checks: { store: { status: 'failed', reason: 'no answer within 2000 ms' } },
  });
});

test('a draining server is not ready, whatever its parts say', async () => {
  const { ask } = readinessOf([works], true);
  expect(await ask()).toMatchObject({ status: 'draining' });
});

test('those who ask within a second share one round', async () => {
  let rounds = 0;
  const counted: HealthCheck = {
    name: 'store',
    check: async () => {
      rounds += 1;
    },
  };
  const { ask, clock } = readinessOf([counted]);
  await Promise.all([ask(), ask()]);
  expect(rounds).toBe(1);
  clock.advance(1001);
  await ask();
  expect(rounds).toBe(2);
});
