import { describe, expect, test } from 'vitest';
import { decodeChatFrame } from './frames.ts';
import { rowsOf } from './message-rows.ts';
import { reduceRoom } from './room-state.ts';
import type { RoomEvent } from './room-state.ts';
import { emptyRoom } from './room.ts';
import type { Entry, RoomState } from './room.ts';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');

const frame = (object: object): RoomEvent => {
  const decoded = decodeChatFrame(JSON.stringify(object), NOW);
  if (decoded === undefined) throw new Error('the test frame is not understood');
  return { type: 'frame', frame: decoded };
};

const message = (seq: number, extra: object = {}): RoomEvent =>
  frame({
    type: 'message',
    id: `m${seq}`,
    username: 'bob',
    message: `text ${seq}`,
    timestamp: '2026-03-01T09:00:00.000Z',
    seq,
    ...extra,
  });

const status = frame({ type: 'status', connected_count: 2, users: ['alice', 'bob'] });
const opened: RoomEvent = { type: 'opened' };
const wrote = (text: string, to?: string): RoomEvent => ({
  type: 'wrote',
  item: { localId: text, text, at: NOW, state: 'sending', ...(to === undefined ? {} : { to }) },
});

const run = (...events: readonly RoomEvent[]): RoomState =>
  events.reduce(reduceRoom, emptyRoom('alice'));

const ids = (entries: readonly Entry[]): string[] => entries.map(({ id }) => id);

describe('room', () => {
  test('history comes first, then a divider, then what is live', () => {
    const state = run(
      opened,
      message(1, { history: true }),
      message(2, { history: true }),
      status,
      message(3),
    );
    expect(ids(state.entries)).toEqual(['m1', 'm2', 'joined', 'm3']);
    expect(state.latest?.id).toBe('m3');
  });

  test('an empty history has no divider', () => {
    expect(ids(run(opened, status, message(1)).entries)).toEqual(['m1']);
  });

  test('a message is shown once, however often it arrives', () => {
    const state = run(
      opened,
      status,
      message(1),
      message(1),
      { type: 'lost' },
      opened,
      message(1, { history: true }),
      message(2, { history: true }),
      status,
    );
    expect(ids(state.entries)).toEqual(['m1', 'm2']);
  });

  test('history that does not reach back to the last seen message is marked as a gap', () => {
    const state = run(
      opened,
      status,
      message(1),
      { type: 'lost' },
      opened,
      message(9, { history: true }),
      message(10, { history: true }),
      status,
    );
    expect(ids(state.entries)).toEqual(['m1', 'gap-m9', 'm9', 'm10']);
  });

  test('history is not announced, own messages are not announced', () => {
    expect(run(opened, message(1, { history: true }), status).latest).toBeUndefined();
    expect(run(opened, status, message(1, { username: 'alice' })).latest).toBeUndefined();
  });

  test('an own message is pending until its echo', () => {
    const pending = run(opened, status, wrote('hi'));
    expect(pending.outbox).toHaveLength(1);
    const done = reduceRoom(pending, message(1, { username: 'alice', message: 'hi' }));
    expect(done.outbox).toEqual([]);
    expect(done.entries[0]).toMatchObject({ isOwn: true, text: 'hi' });
  });

  test('the same text of somebody else confirms nothing', () => {
    expect(run(opened, status, wrote('hi'), message(1, { message: 'hi' })).outbox).toHaveLength(1);
  });

  test('a private echo confirms the private message and is marked', () => {
    const state = run(
      opened,
      status,
      wrote('psst', 'bob'),
      frame({ type: 'private', id: 'p1', from: 'alice', to: 'bob', message: 'psst' }),
    );
    expect(state.outbox).toEqual([]);
    expect(state.entries[0]).toMatchObject({ privateWith: 'bob', isOwn: true });
  });

  test('a message cut off on its way is confirmed by the history, or offered for a retry', () => {
    const lost = run(opened, status, wrote('one'), wrote('two'), { type: 'lost' }, opened);
    const state = [message(5, { username: 'alice', message: 'one', history: true }), status].reduce(
      reduceRoom,
      lost,
    );
    expect(state.outbox).toMatchObject([{ text: 'two', state: 'failed' }]);
    const retried = reduceRoom(state, { type: 'retry', localId: 'two' });
    expect(retried.outbox).toMatchObject([{ text: 'two', state: 'queued' }]);
  });

  test('an error of the server marks the newest message on its way as not sent', () => {
    const state = run(
      opened,
      status,
      wrote('one'),
      wrote('two'),
      frame({ type: 'error', code: 111, message: 'too many requests' }),
    );
    expect(state.outbox.map((item) => item.state)).toEqual(['sending', 'failed']);
    expect(state.error).toMatchObject({ code: 111, about: { text: 'two' } });
    expect(reduceRoom(state, { type: 'error-dismissed' }).error).toBeUndefined();
  });

  test('that somebody is away is about the private message, not about one to everybody', () => {
    const state = run(
      opened,
      status,
      wrote('psst', 'eve'),
      wrote('hello'),
      frame({ type: 'error', code: 408, message: 'the user is not connected' }),
    );
    expect(state.outbox.map((item) => item.state)).toEqual(['failed', 'sending']);
    expect(state.error?.about?.to).toBe('eve');
  });

  test('heartbeat shows with the first ping and goes with the line', () => {
    const alive = run(opened, frame({ type: 'ping' }));
    expect(alive.hasHeartbeat).toBe(true);
    expect(reduceRoom(alive, { type: 'lost' }).hasHeartbeat).toBe(false);
  });

  test('frames that are not understood are passed over', () => {
    for (const raw of ['nope', '[]', '{"type":"later"}', '{"type":"message","username":1}']) {
      expect(decodeChatFrame(raw, NOW), raw).toBeUndefined();
    }
  });
});

describe('rows', () => {
  const entry = (id: string, author: string, minute: number): Entry => ({
    kind: 'message',
    id,
    author,
    text: id,
    at: new Date(2026, 2, 1, 10, minute).getTime(),
    isOwn: false,
  });

  test('messages of one person within five minutes are a group, a new day has a separator', () => {
    const rows = rowsOf([
      entry('a', 'bob', 0),
      entry('b', 'bob', 4),
      entry('c', 'eve', 5),
      entry('d', 'eve', 11),
      entry('e', 'eve', 60 * 24),
    ]);
    const shape = rows.map((row) =>
      row.kind === 'message' ? `${row.key}${row.isFirst ? '*' : ''}` : row.kind,
    );
    expect(shape).toEqual(['day', 'a*', 'b', 'c*', 'd*', 'day', 'e*']);
  });
});
