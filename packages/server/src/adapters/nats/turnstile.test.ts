import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

it('no more tasks run at once than may, in the order they came, also when one fails', async () => {
  const turnstile = new Turnstile(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) =>
      turnstile.pass(async () => {
        started.push(index);
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (index === 1) throw new Error('failed');
        return index;
      }),
    ),
  );
  expect([most, started]).toEqual([2, [0, 1, 2, 3, 4, 5]]);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
});
