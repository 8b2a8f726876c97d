import { expect, it } from 'vitest';
import { createSystemClock } from './system-clock.ts';
import { createSystemRandom } from './system-random.ts';

it('callbacks come in time, deferred ones after the promises of the turn', async () => {
  const clock = createSystemClock();
  const startedAt = clock.monotonic();
  const order: string[] = [];
  const deferred = new Promise<void>((resolve) => {
    clock.defer(() => {
      order.push('deferred');
      resolve();
    });
  });
  await Promise.resolve();
  order.push('promise');
  await deferred;
  expect(order).toEqual(['promise', 'deferred']);
  await new Promise<void>((resolve) => {
    clock.after(5, resolve);
  });
  expect(clock.monotonic() - startedAt).toBeGreaterThanOrEqual(4);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
});

it('a cancelled callback never comes', async () => {
  const clock = createSystemClock();
  let isCalled = false;
  clock.after(1, () => (isCalled = true))();
  await new Promise<void>((resolve) => {
    clock.after(5, resolve);
  });
  expect(isCalled).toBe(false);
});

it('ids are unique and URL-safe, numbers lie in [0, 1)', () => {
  const random = createSystemRandom();
  const ids = Array.from({ length: 1_000 }, () => random.id());
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.every((id) => encodeURIComponent(id) === id)).toBe(true);
  const number = random.next();
  expect(number >= 0 && number < 1).toBe(true);
});
