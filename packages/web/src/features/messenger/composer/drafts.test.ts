import { expect, test } from 'vitest';
import { createDrafts } from './drafts.ts';
import type { DraftStorage } from './drafts.ts';

function memory(): DraftStorage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

test('a draft is there again after a reload, for its conversation and its writer only', () => {
  const storage = memory();
  createDrafts('ann', storage).set('c_1', 'half a sent');
  expect(createDrafts('ann', storage).get('c_1')).toBe('half a sent');
  expect(createDrafts('ann', storage).get('c_2')).toBe('');
  expect(createDrafts('ben', storage).get('c_1')).toBe('');
});

test('a draft that was sent leaves nothing behind', () => {
  const storage = memory();
  const drafts = createDrafts('ann', storage);
  drafts.set('c_1', 'x');
  drafts.set('c_1', '');
  expect([...storage.kept.values()]).toEqual(['[]']);
});

test('fifty drafts are kept, the one not touched for longest goes', () => {
  const drafts = createDrafts('ann', memory());
  for (let n = 0; n < 50; n += 1) drafts.set(`c_${n}`, 'x');
  drafts.set('c_0', 'touched');
  drafts.set('c_50', 'x');
  expect(drafts.get('c_0')).toBe('touched');
  expect(drafts.get('c_1')).toBe('');
});

test('a broken or forbidden storage costs nothing but the memory', () => {
  const broken = {
    getItem: () => '{"a":',
    setItem: () => {
      throw new Error('quota');
    },
  };
  const drafts = createDrafts('ann', broken);
  drafts.set('c_1', 'still here');
  expect(drafts.get('c_1')).toBe('still here');
});
