import { expect, it } from 'vitest';
import { OnlineQuestion } from './online-question.ts';

it('what is asked while a question is under way goes out as one, and each gets its own answer', async () => {
  const asked: (readonly string[])[] = [];
  const release: (() => void)[] = [];
  const question = new OnlineQuestion(async (users) => {
    asked.push(users);
    await new Promise<void>((resolve) => release.push(resolve));
    return users.filter((user) => user !== 'eve');
  });
  const first = question.ask(['ann']);
  await Promise.resolve().then(() => {});
  const later = [question.ask(['bob', 'eve']), question.ask(['eve', 'ann']), question.ask([])];
  while (release.length < 1) await Promise.resolve();
  release[0]?.();
  expect(await first).toEqual(new Set(['ann']));
  while (release.length < 2) await Promise.resolve();
  release[1]?.();
  expect(await Promise.all(later)).toEqual([new Set(['bob']), new Set(['ann']), new Set()]);
  expect(asked).toEqual([['ann'], ['bob', 'eve', 'ann']]);
});
