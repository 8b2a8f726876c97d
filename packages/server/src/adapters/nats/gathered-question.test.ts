import { expect, it } from 'vitest';
import { GatheredQuestion } from './gathered-question.ts';

it('what is asked while a question is under way goes out as one, and all get its answer', async () => {
  const asked: (readonly string[])[] = [];
  const release: (() => void)[] = [];
  const question = new GatheredQuestion(async (users) => {
    asked.push(users);
    await new Promise<void>((resolve) => release.push(resolve));
    return users.filter((user) => user !== 'eve');
  });
  const first = question.ask(['ann']);
  await Promise.resolve().then(() => {});
  const later = [question.ask(['bob', 'eve']), question.ask(['eve', 'ann']), question.ask([])];
  while (release.length < 1) await Promise.resolve();
  release[0]?.();
  expect(await first).toEqual(['ann']);
  while (release.length < 2) await Promise.resolve();
  release[1]?.();
  const answers = await Promise.all(later);
  for (const answer of answers) expect(answer).toEqual(['bob', 'ann']);
  expect(asked).toEqual([['ann'], ['bob', 'eve', 'ann']]);
});
