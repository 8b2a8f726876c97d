import { expect, it } from 'vitest';
import { createOpenWork } from './open-work.ts';

it('waits for what was open when asked, not for what begins later', async () => {
  const work = createOpenWork();
  const [first, second] = [work.enter(), work.enter()];
  const done: string[] = [];
  const early = work.whenDone().then(() => done.push('early'));
  const third = work.enter();
  const late = work.whenDone().then(() => done.push('late'));
  work.leave(first);
  await Promise.resolve();
  expect(done).toEqual([]);
  work.leave(second);
  await early;
  expect(done).toEqual(['early']);
  work.leave(third);
  await late;
  expect(done).toEqual(['early', 'late']);
  await work.whenDone();
});
