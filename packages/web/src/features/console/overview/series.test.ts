import { expect, test } from 'vitest';
import { askSince, EMPTY_SERIES, lastOf, mergeSeries, minutesOf, pushSuccess } from './series.ts';
import type { Series } from './series.ts';

const seriesOf = (from: number, ...connections: number[]): Series => {
  const zeros = connections.map(() => 0);
  return {
    at: connections.map((_, index) => from + index),
    connections,
    users: zeros,
    received: zeros,
    sent: zeros,
    pushed: zeros,
    push_failed: zeros,
    latency_p50_ms: zeros,
    latency_p99_ms: zeros,
  };
};

test('what comes again replaces what was there, what is new follows on', () => {
  const kept = mergeSeries(EMPTY_SERIES, seriesOf(100, 1, 2, 3));
  const merged = mergeSeries(kept, seriesOf(101, 20, 30, 40));
  expect(merged.at).toEqual([100, 101, 102, 103]);
  expect(merged.connections).toEqual([1, 20, 30, 40]);
  expect(mergeSeries(merged, EMPTY_SERIES)).toBe(merged);
});

test('after a pause there is a hole in time, and nothing is invented for it', () => {
  const merged = mergeSeries(seriesOf(100, 1, 2), seriesOf(160, 3));
  expect(merged.at).toEqual([100, 101, 160]);
  expect(merged.sent).toHaveLength(3);
});

test('ten minutes are kept', () => {
  const long = seriesOf(1_000, ...Array.from({ length: 600 }, (_, index) => index));
  const merged = mergeSeries(long, seriesOf(1_600, 7, 8));
  expect(merged.at).toHaveLength(600);
  expect([merged.at[0], merged.at.at(-1)]).toEqual([1_002, 1_601]);
  expect(merged.connections.slice(-3)).toEqual([599, 7, 8]);
});

test('the newest seconds are asked for again, since nodes answer a moment apart', () => {
  expect(askSince(EMPTY_SERIES)).toBeUndefined();
  expect(askSince(seriesOf(100, 1, 2, 3, 4, 5))).toBe(101);
});

test('minutes are means of what was measured, newest first', () => {
  const minutes = minutesOf({
    ...seriesOf(119, 10, 20, 40),
    latency_p99_ms: [null, null, 6],
  });
  expect(minutes.map(({ at, means }) => [at, means.connections])).toEqual([
    [120, 30],
    [60, 10],
  ]);
  expect(minutes.map(({ means }) => means.latency_p99_ms)).toEqual([6, undefined]);
});

test('the share of good pushes is unknown without pushes', () => {
  const series = seriesOf(1, 1, 1);
  expect(pushSuccess(series)).toBeUndefined();
  expect(pushSuccess({ ...series, pushed: [2, 1], push_failed: [0, 1] })).toBe(75);
});

test('the newest value is the newest that was measured', () => {
  expect(lastOf([1, 2, null])).toBe(2);
  expect(lastOf([null])).toBeUndefined();
});
