import { describe, expect, test } from 'vitest';
import { FrameLog } from './frame-log.ts';
import type { Frame } from './frame.ts';
import { NO_FILTER, rowsOf, typesOf } from './frame-rows.ts';

const frame = (id: number, type: string, more: Partial<Frame> = {}): Frame => ({
  id,
  type,
  atMs: id,
  direction: 'in',
  text: `${type} ${id}`,
  bytes: 10,
  isHeartbeat: type === 'ping' || type === 'pong',
  ...more,
});

const FRAMES = [
  frame(1, 'connect', { direction: 'out' }),
  frame(2, 'ping'),
  frame(3, 'pong', { direction: 'out' }),
  frame(4, 'message', { text: 'Hello Ana' }),
  frame(5, 'ping'),
];

const shown = (filter: Partial<typeof NO_FILTER>): string[] =>
  rowsOf(FRAMES, { ...NO_FILTER, ...filter }).map(({ frame: { id }, count }) => `${id}x${count}`);

describe('the filter', () => {
  test('heartbeats in a row are one line, those with something between them are not', () => {
    expect(shown({})).toEqual(['1x1', '3x2', '4x1', '5x1']);
    expect(shown({ isFoldingHeartbeats: false })).toHaveLength(5);
  });

  test('goes by text without regard to case, by direction and by type', () => {
    expect(shown({ text: ' hello ' })).toEqual(['4x1']);
    expect(shown({ direction: 'out' })).toEqual(['1x1', '3x1']);
    expect(shown({ type: 'ping' })).toEqual(['5x2']);
    expect(shown({ text: 'nowhere' })).toEqual([]);
  });

  test('offers the types there are', () => {
    expect(typesOf(FRAMES)).toEqual(['connect', 'message', 'ping', 'pong']);
  });
});

describe('the log', () => {
  const { id: _, ...entry } = frame(0, 'message');

  test('keeps the newest frames and counts those that had to go', () => {
    const log = new FrameLog({ maxFrames: 3, maxBytes: 1_000 });
    for (let n = 0; n < 5; n += 1) log.add(entry);
    log.flush();
    expect(log.getSnapshot().frames.map(({ id }) => id)).toEqual([3, 4, 5]);
    expect(log.getSnapshot().dropped).toBe(2);
  });

  test('is bounded in bytes as well, but never loses the newest frame', () => {
    const log = new FrameLog({ maxFrames: 10, maxBytes: 25 });
    for (let n = 0; n < 4; n += 1) log.add(entry);
    log.add({ ...entry, bytes: 100 });
    log.flush();
    expect(log.getSnapshot().frames.map(({ id }) => id)).toEqual([5]);
  });

  test('tells once of many frames, and forgets them when cleared', () => {
    const log = new FrameLog();
    let told = 0;
    log.subscribe(() => (told += 1));
    for (let n = 0; n < 100; n += 1) log.add(entry);
    log.flush();
    expect(told).toBe(1);
    log.clear();
    expect(log.getSnapshot()).toEqual({ frames: [], dropped: 0 });
  });
});
