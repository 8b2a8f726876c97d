import type { Message, PendingMessage } from '@carillon/client';
import { describe, expect, test } from 'vitest';
import { readersOf } from './readers.ts';
import { rowsOf } from './rows.ts';
import type { RowsInput } from './rows.ts';

const NOON = Date.parse('2026-11-20T12:00:00');

const message = (seq: number, sender: string, minutes: number): Message => ({
  id: `m_${seq}`,
  conversation_id: 'c_1',
  seq,
  sender,
  client_id: `k-${seq}`,
  kind: 'text',
  content: `text ${seq}`,
  rev: seq,
  created_at: new Date(NOON + minutes * 60_000).toISOString(),
});

const pending = (clientId: string, minutes: number): PendingMessage => ({
  clientId,
  kind: 'text',
  content: clientId,
  createdAtMs: NOON + minutes * 60_000,
  state: 'queued',
});

const rows = (input: Partial<RowsInput>) =>
  rowsOf({ messages: [], pending: [], hasOlder: true, me: 'ann', ...input });

const short = (input: Partial<RowsInput>): string[] =>
  rows(input).map((row) =>
    row.kind === 'message' || row.kind === 'pending'
      ? `${row.key}${row.isFirst ? ' first' : ''}`
      : row.kind,
  );

describe('rows of a conversation', () => {
  test('messages of one person within five minutes stand together, under one day', () => {
    const messages = [message(1, 'ben', 0), message(2, 'ben', 4), message(3, 'ben', 10)];
    expect(short({ messages, hasOlder: false })).toEqual([
      'beginning',
      'day',
      'm/k-1/ben first',
      'm/k-2/ben',
      'm/k-3/ben first',
    ]);
    const shown = rows({ messages }).filter((row) => row.kind === 'message');
    expect(shown.map(({ isLast }) => isLast)).toEqual([false, true, true]);
  });

  test('another person or another day begins anew', () => {
    const messages = [message(1, 'ben', 0), message(2, 'ann', 1), message(3, 'ann', 24 * 60)];
    expect(short({ messages, hasOlder: false })).toEqual([
      'beginning',
      'day',
      'm/k-1/ben first',
      'm/k-2/ann first',
      'day',
      'm/k-3/ann first',
    ]);
  });

  test('the line stands before the first message that was unread, and splits a group', () => {
    const messages = [message(1, 'ben', 0), message(2, 'ben', 1)];
    expect(short({ messages, firstUnreadSeq: 2 })).toEqual([
      'm/k-1/ben first',
      'unread',
      'm/k-2/ben first',
    ]);
  });

  test('a message keeps its key when the server confirms it', () => {
    const [before] = rows({ pending: [pending('k-7', 0)] });
    const [after] = rows({ messages: [message(7, 'ann', 0)] });
    expect(after?.key).toBe(before?.key);
  });

  test('what waits says so under the last of a run, what failed under itself', () => {
    const failed: PendingMessage = { ...pending('b', 1), state: 'failed' };
    const waiting = [pending('a', 0), failed, pending('c', 2), pending('d', 2)];
    const lasts = rows({ pending: waiting }).map((row) => row.kind === 'pending' && row.isLast);
    expect(lasts).toEqual([false, true, false, true]);
  });

  test('what is on its way stands last and belongs to my group', () => {
    const input = { messages: [message(1, 'ann', 0)], pending: [pending('p', 1)] };
    expect(short(input)).toEqual(['m/k-1/ann first', 'm/p/ann']);
  });

  test('the beginning is told when there is nothing older; till then the first row is a message', () => {
    const messages = [message(1, 'ben', 0)];
    expect(short({ messages, hasOlder: false })).toEqual(['beginning', 'day', 'm/k-1/ben first']);
    expect(short({ messages, hasOlder: true })).toEqual(['m/k-1/ben first']);
    expect(short({ hasOlder: false })).toEqual([]);
  });

  test('who has read it is told under the last own message only, and not while one is on its way', () => {
    const messages = [message(1, 'ann', 0), message(2, 'ann', 1), message(3, 'ben', 2)];
    const marked = (input: Partial<RowsInput>) =>
      rows(input)
        .filter((row) => row.kind === 'message' && row.showsReaders)
        .map(({ key }) => key);
    expect(marked({ messages })).toEqual(['m/k-2/ann']);
    expect(marked({ messages, pending: [pending('p', 3)] })).toEqual([]);
  });
});

test('everybody whose mark stands at a message or beyond has read it, I do not count', () => {
  const readSeqs = { ann: 9, ben: 4, carl: 3, dora: 5 };
  expect(readersOf({ seq: 4, me: 'ann', readSeqs })).toEqual(['ben', 'dora']);
});
