import type { ChannelEvent, Publication } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import { ECHO_FORMAT, echoOfBinary, echoOfText } from './echo-format.ts';
import { PROTOCOL_PING } from './plain-framing.ts';
import { createRoomFormat } from './room-format.ts';
import { createTaskFormat, plainSnapshot } from './task-format.ts';
import { USER_FORMAT } from './user-format.ts';

interface ReadFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Frames shorter than 64 KB, taken apart again. */
const readFrames = (bytes: Uint8Array | undefined): readonly ReadFrame[] => {
  const buffer = Buffer.from(bytes ?? []);
  const frames: ReadFrame[] = [];
  for (let at = 0; at < buffer.length;) {
    const short = buffer.readUInt8(at + 1);
    const start = at + (short < 126 ? 2 : 4);
    const end = start + (short < 126 ? short : buffer.readUInt16BE(at + 2));
    frames.push({ opcode: buffer.readUInt8(at) & 0x0f, payload: buffer.subarray(start, end) });
    at = end;
  }
  return frames;
};

const readTexts = (bytes: Uint8Array | undefined): readonly string[] =>
  readFrames(bytes).map((frame) => frame.payload.toString());

const publication = (data: string, more: Partial<Publication> = {}): ChannelEvent => ({
  type: 'publication',
  publication: { data, ...more },
});

const person = (type: 'join' | 'leave', user: string): ChannelEvent => ({
  type,
  info: { user, client: 'c1' },
});

describe('what is addressed to a person', () => {
  it('arrives unchanged, one frame each', () => {
    const cart = '{"type":"cart_updated", "cart":{"n": 12345678901234567890}}';
    const bytes = USER_FORMAT.encodeEvents('user:alice', [publication(cart), publication('{}')]);
    expect(readTexts(bytes)).toEqual([cart, '{}']);
  });

  it('is skipped when only the SDK understands it', () => {
    const events = [publication('{"type":"counts"}', { nativeOnly: true })];
    expect(USER_FORMAT.encodeEvents('user:alice', events)).toBeUndefined();
  });

  it('is the bare text when it is an echo', () => {
    const events = [publication('"Echo: \\"hi\\" \u4f60"')];
    expect(readTexts(USER_FORMAT.encodeEvents('$echo:alice', events))).toEqual(['Echo: "hi" 你']);
  });
});

describe('an echo', () => {
  it('keeps text and binary in the order they came', () => {
    const bytes = Buffer.from([0, 255, 128, 10, 13]);
    const frames = readFrames(
      ECHO_FORMAT.encodeMessages([echoOfText('a'), echoOfBinary(bytes), echoOfText('b')]),
    );
    expect(frames.map((frame) => frame.opcode)).toEqual([1, 2, 1]);
    expect(frames[0]?.payload.toString()).toBe('Echo: a');
    expect(frames[1]?.payload).toEqual(bytes);
  });

  it('of text that looks like a mark of ours is still that text', () => {
    const forged = [PROTOCOL_PING, echoOfBinary(Buffer.from('x')), echoOfText('x')];
    for (const text of forged) {
      expect(readTexts(ECHO_FORMAT.encodeMessages([echoOfText(text)]))).toEqual([`Echo: ${text}`]);
    }
  });

  it('shares the queue with protocol pings and error frames', () => {
    const frames = readFrames(ECHO_FORMAT.encodeMessages([PROTOCOL_PING, '{"type":"error"}']));
    expect(frames.map((frame) => frame.opcode)).toEqual([9, 1]);
  });
});

describe('a room', () => {
  const deps = {
    subscriberCount: () => 5,
    clock: {
      now: () => Date.UTC(2026, 10, 20, 10),
      monotonic: () => 0,
      after: () => () => {},
      defer: () => {},
    },
    random: { next: () => 0, id: () => 'id-1' },
  };

  it('passes messages on unchanged', () => {
    const frame = '{"type":"message","id":"m1","username":"alice","message":"hi"}';
    const bytes = createRoomFormat(deps, 'en').encodeEvents('room:lobby', [publication(frame)]);
    expect(readTexts(bytes)).toEqual([frame]);
  });

  it.each([
    ['en', 'alice joined the chat', 'alice left the chat'],
    ['zh-Hant', 'alice 加入了聊天室', 'alice 離開了聊天室'],
    ['zh-Hans', 'alice 加入了聊天室', 'alice 离开了聊天室'],
  ] as const)('tells arrivals and departures in %s', (language, joined, left) => {
    const events = [person('join', 'alice'), person('leave', '~alice')];
    const bytes = createRoomFormat(deps, language).encodeEvents('room:lobby', events);
    const notice = {
      type: 'system',
      connected_count: 5,
      id: 'id-1',
      timestamp: '2026-11-20T10:00:00.000Z',
    };
    expect(readTexts(bytes).map((text) => JSON.parse(text))).toEqual([
      { ...notice, message: joined },
      { ...notice, message: left },
    ]);
  });

  it('[CLU5] tells the number that came with a notice, before its own', () => {
    const info = { user: 'alice', client: 'c1' };
    const events: ChannelEvent[] = [{ type: 'join', info, clients: 12 }];
    const bytes = createRoomFormat(deps, 'en').encodeEvents('room:lobby', events);
    expect(readTexts(bytes).map((text) => JSON.parse(text))).toMatchObject([
      { connected_count: 12 },
    ]);
  });
});

describe('a task', () => {
  const ends: string[] = [];
  const format = createTaskFormat((channel) => ends.push(channel));

  it.each([
    ['task.progress', 'progress', false],
    ['task.completed', 'completed', true],
    ['task.failed', 'error', true],
    ['task.cancelled', 'error', true],
  ])('%s is %s to plain clients, the rest of the text untouched', (from, to, isEnd) => {
    ends.length = 0;
    const rest = ',"data":{"task_id":"t1","progress":10,"result":{"n":1.0}}}';
    const bytes = format.encodeEvents('task:t1', [publication(`{"type":"${from}"${rest}`)]);
    expect(readTexts(bytes)).toEqual([`{"type":"${to}"${rest}`]);
    expect(ends).toEqual(isEnd ? ['task:t1'] : []);
  });

  it('does not show events that plain clients do not know', () => {
    const events = [publication('{"type":"task.chunk","data":{}}')];
    expect(format.encodeEvents('task:t1', events)).toBeUndefined();
  });

  it.each([
    ['running', 'progress', false],
    ['completed', 'completed', true],
    ['failed', 'error', true],
    ['cancelled', 'error', true],
  ])('that is %s is first shown as %s', (status, type, isEnd) => {
    const rest = `,"data":{"task_id":"t1","status":"${status}"}}`;
    expect(plainSnapshot(`{"type":"task.snapshot"${rest}`)).toEqual({
      frame: `{"type":"${type}"${rest}`,
      isEnd,
    });
  });
});
