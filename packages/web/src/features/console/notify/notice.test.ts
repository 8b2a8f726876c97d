import { expect, test } from 'vitest';
import { EMPTY_NOTICE, namesIn, noticeOf, problemOf } from './notice.ts';

test('names are separated by commas, or else by blanks and line ends, and come once', () => {
  expect(namesIn('ann bob\ncid  ann')).toEqual(['ann', 'bob', 'cid']);
  expect(namesIn(' Ann Lee , bob,, ')).toEqual(['Ann Lee', 'bob']);
  expect(namesIn('  ')).toEqual([]);
});

test('what is missing is said: names for an audience by name, and a title always', () => {
  expect(problemOf(EMPTY_NOTICE)).toBe('users');
  expect(problemOf({ ...EMPTY_NOTICE, users: 'ann' })).toBe('title');
  expect(problemOf({ ...EMPTY_NOTICE, audience: 'everybody' })).toBe('title');
  expect(problemOf({ ...EMPTY_NOTICE, audience: 'online', title: 'Hi' })).toBeUndefined();
});

test('names go along only with an audience by name, and no empty link does', () => {
  const draft = { ...EMPTY_NOTICE, users: 'ann', title: ' Hi ', link: ' ' };
  expect(noticeOf(draft)).toEqual({
    audience: 'users',
    users: ['ann'],
    title: 'Hi',
    content: '',
    type: 'info',
  });
  expect(noticeOf({ ...draft, audience: 'everybody', link: '/x' })).toEqual({
    audience: 'everybody',
    title: 'Hi',
    content: '',
    type: 'info',
    link: '/x',
  });
});
