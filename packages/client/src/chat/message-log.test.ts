import { expect, test } from 'vitest';
import type { Message } from './chat.ts';
import { createMessageLog } from './message-log.ts';

const message = (seq: number, rev = seq): Message => ({
  id: `m${seq}`,
  conversation_id: 'c',
  seq,
  sender: 'ann',
  client_id: `${seq}`,
  kind: 'text',
  content: `${seq}`,
  rev,
  created_at: '2026-11-20T10:00:00.000Z',
});
const messages = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
const seqs = (log: ReturnType<typeof createMessageLog>): number[] =>
  log.messages().map(({ seq }) => seq);

test('what comes before the first page is shown with it, once', () => {
  const log = createMessageLog();
  log.add([message(4)]);
  expect(seqs(log)).toEqual([]);
  log.reset(messages(1, 4));
  log.add([message(4), message(5)]);
  expect(seqs(log)).toEqual([1, 2, 3, 4, 5]);
});

test('a message behind a hole waits until the hole is filled', () => {
  const log = createMessageLog();
  log.reset(messages(1, 3));
  log.add([message(5)]);
  expect([seqs(log), log.hasHole()]).toEqual([[1, 2, 3], true]);
  log.add([message(4)]);
  expect([seqs(log), log.hasHole()]).toEqual([[1, 2, 3, 4, 5], false]);
});

test('older pages are put before, and an empty conversation begins with its first message', () => {
  const log = createMessageLog();
  log.reset(messages(11, 12));
  log.add(messages(8, 10));
  expect(seqs(log)).toEqual([8, 9, 10, 11, 12]);
  const empty = createMessageLog();
  empty.reset([]);
  empty.add([message(1)]);
  expect(seqs(empty)).toEqual([1]);
});

test('a newest page that does not reach what is shown takes its place', () => {
  const log = createMessageLog();
  log.reset(messages(1, 5));
  expect(log.reaches(messages(6, 8))).toBe(true);
  expect(log.reaches(messages(7, 8))).toBe(false);
  log.reset(messages(20, 22));
  log.add([message(23)]);
  expect(seqs(log)).toEqual([20, 21, 22, 23]);
});

test('a later state of a message takes the place of the earlier, never the other way round', () => {
  const log = createMessageLog();
  log.reset([message(1, 9)]);
  log.add([{ ...message(1, 3), content: 'old' }]);
  expect(log.messages()[0]?.content).toBe('1');
  log.add([{ ...message(1, 12), content: 'new' }]);
  expect(log.messages()[0]?.content).toBe('new');
});
