import { describe, expect, test } from 'vitest';
import { LOADING_CONVERSATION } from '../chat/open-conversation.ts';
import type { ConversationState, Message, PendingMessage } from '../chat/chat.ts';
import { chatRows } from './chat-rows.ts';
import type { ChatRow } from './chat-rows.ts';
import { arrivedSince, isSendKey, seqToMark, typingText } from './chat-view.ts';
import { isAtEnd, isNearBeginning, scrollTopAfter } from './scroll-stick.ts';
import { createUiTexts } from './ui-texts.ts';

const texts = createUiTexts({ locale: 'en-GB', timeZone: 'UTC' });
const NOW = Date.parse('2026-11-20T12:00:00Z');

const message = (seq: number, sender: string, time: string): Message => ({
  id: `m${seq}`,
  conversation_id: 'c',
  seq,
  sender,
  client_id: `x${seq}`,
  kind: 'text',
  content: `${sender} ${seq}`,
  rev: seq,
  created_at: time,
});

const stateOf = (change: Partial<ConversationState>): ConversationState => ({
  ...LOADING_CONVERSATION,
  status: 'ready',
  ...change,
});

const rowsOf = (change: Partial<ConversationState>): readonly ChatRow[] =>
  chatRows({ state: stateOf(change), user: 'ann', nowMs: NOW, texts });

/** A row in a few characters: `[` and `]` are the ends of a group. */
const short = (row: ChatRow): string =>
  row.kind === 'message'
    ? `${row.isFirst ? '[' : ''}${row.name}${row.isLast ? ']' : ''}`
    : row.text;

const messages = [
  message(1, 'bob', '2026-11-19T10:00:00Z'),
  message(2, 'bob', '2026-11-20T10:00:00Z'),
  message(3, 'bob', '2026-11-20T10:01:00Z'),
  message(4, 'bob', '2026-11-20T10:20:00Z'),
  message(5, 'ann', '2026-11-20T10:21:00Z'),
  message(6, 'ann', '2026-11-20T10:22:00Z'),
];

const pending: PendingMessage = {
  clientId: 'p1',
  kind: 'text',
  content: 'later',
  createdAtMs: NOW,
  state: 'queued',
};

describe('rows', () => {
  test('days separate, and one sender within five minutes is a group', () => {
    expect(rowsOf({ messages }).map(short)).toEqual([
      'Yesterday',
      '[bob]',
      'Today',
      '[bob',
      'bob]',
      '[bob]',
      '[You',
      'You]',
    ]);
  });

  test('the divider stands before the first message unread at opening, and ends a group', () => {
    expect(rowsOf({ messages, firstUnreadSeq: 3 }).map(short).slice(2, 6)).toEqual([
      'Today',
      '[bob]',
      'New messages',
      '[bob]',
    ]);
  });

  test('own ones on their way come last, and keep their row when they arrive', () => {
    const before = rowsOf({ messages, pending: [pending] }).at(-1);
    expect(before).toMatchObject({
      delivery: 'queued',
      deliveryText: 'Waiting for the connection',
    });
    const arrived = { ...message(7, 'ann', '2026-11-20T12:00:00Z'), client_id: 'p1' };
    expect(rowsOf({ messages: [...messages, arrived] }).at(-1)?.key).toBe(before?.key);
  });

  test('keys are unique', () => {
    const keys = rowsOf({ messages, pending: [pending], firstUnreadSeq: 2 }).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('why one failed is told', () => {
    const failed = {
      ...pending,
      state: 'failed',
      error: { code: 7, message: 'too long' },
    } as const;
    expect(rowsOf({ pending: [failed] }).at(-1)).toMatchObject({
      delivery: 'failed',
      deliveryText: 'Not sent',
      error: 'too long',
    });
  });

  test('only the last own message tells whether it was read, and by how many', () => {
    const states = rowsOf({ messages, readSeqs: { ann: 6, bob: 6, carl: 5, dora: 9 } }).flatMap(
      (row) => (row.kind === 'message' && row.isOwn ? [row.deliveryText] : []),
    );
    expect(states).toEqual([undefined, 'Seen by 2']);
  });
});

describe('beside the rows', () => {
  test('at most two people are named as typing', () => {
    const typing = (...users: string[]): string => typingText(users, texts);
    expect(typing()).toBe('');
    expect(typing('bob')).toBe('bob is typing…');
    expect(typing('bob', 'carl')).toBe('bob and carl are typing…');
    expect(typing('bob', 'carl', 'dora')).toBe('Several people are typing…');
  });

  test('what others said since is announced; history that was loaded is not', () => {
    const state = stateOf({ messages });
    expect(arrivedSince(state, undefined, 'ann')).toEqual([]);
    expect(arrivedSince(state, 3, 'ann').map(({ seq }) => seq)).toEqual([4]);
  });

  test('it is read when its end is on the screen and somebody looks, once', () => {
    const mark = (isAtEnd: boolean, isLooking: boolean, read: number): number | undefined =>
      seqToMark({
        state: stateOf({ messages, readSeqs: { ann: read } }),
        user: 'ann',
        isAtEnd,
        isLooking,
      });
    expect(mark(true, true, 2)).toBe(6);
    expect(mark(false, true, 2)).toBeUndefined();
    expect(mark(true, false, 2)).toBeUndefined();
    expect(mark(true, true, 6)).toBeUndefined();
  });

  test('Enter sends, but not with Shift nor out of an input method', () => {
    const enter = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 };
    expect(isSendKey(enter)).toBe(true);
    expect(isSendKey({ ...enter, shiftKey: true })).toBe(false);
    expect(isSendKey({ ...enter, isComposing: true })).toBe(false);
    expect(isSendKey({ ...enter, keyCode: 229 })).toBe(false);
    expect(isSendKey({ ...enter, key: 'a' })).toBe(false);
  });
});

describe('where the list stands', () => {
  const box = (scrollTop: number, scrollHeight = 1_000) => ({
    scrollTop,
    scrollHeight,
    clientHeight: 400,
  });
  const after = (from: number, change: { prepended?: boolean; own?: boolean } = {}) =>
    scrollTopAfter({
      before: box(from),
      after: box(from, 1_100),
      hasPrepended: change.prepended ?? false,
      hasOwnNew: change.own ?? false,
    });

  test('a reader at the end follows', () => {
    expect(isAtEnd(box(600))).toBe(true);
    expect(after(560)).toBe(700);
  });

  test('a reader further up stays, also when something comes in above', () => {
    expect(after(100)).toBeUndefined();
    expect(after(100, { prepended: true })).toBe(200);
  });

  test('older messages are fetched before their reader is at the beginning', () => {
    expect(isNearBeginning(box(150))).toBe(true);
    expect(isNearBeginning(box(200))).toBe(false);
  });

  test('who writes sees it', () => {
    expect(after(100, { own: true })).toBe(700);
  });
});
