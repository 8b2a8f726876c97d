import type { ConversationItem } from '@carillon/client';
import { expect, test } from 'vitest';
import { matching, namesIn, titleOf } from './list-rules.ts';

const at = '2026-11-20T10:00:00.000Z';

const item = (
  users: readonly string[],
  rest: Partial<ConversationItem> = {},
): ConversationItem => ({
  id: users.join('-'),
  kind: 'group',
  created_at: at,
  last_seq: 0,
  rev: 1,
  unread: 0,
  members: users.map((user) => ({ user, role: 'member', read_seq: 0, joined_at: at })),
  ...rest,
});

test('a conversation is called by its title, else by the others in it', () => {
  expect(titleOf(item(['ann', 'ben'], { title: 'Lunch' }), 'ann')).toBe('Lunch');
  expect(titleOf(item(['ann', 'ben'], { kind: 'direct' }), 'ann')).toBe('ben');
  expect(titleOf(item(['ann', 'ben', 'carl']), 'ann')).toBe('ben, carl');
  expect(titleOf(item(['ann'], { kind: 'room', name: 'lobby' }), 'ann')).toBe('# lobby');
  expect(titleOf(item(['ann']), 'ann')).toBeUndefined();
});

test('a search looks at titles and people, whatever the case', () => {
  const items = [item(['ann', 'ben'], { title: 'Lunch' }), item(['ann', 'Zoë'])];
  expect(matching(items, ' LUN', 'ann')).toEqual([items[0]]);
  expect(matching(items, 'zoë', 'ann')).toEqual([items[1]]);
  expect(matching(items, 'ann', 'ann')).toEqual([]);
  expect(matching(items, '', 'ann')).toBe(items);
});

test('several names are divided by commas of any script, and each counts once', () => {
  expect(namesIn(' ben, carl，小明、ben ,')).toEqual(['ben', 'carl', '小明']);
});
