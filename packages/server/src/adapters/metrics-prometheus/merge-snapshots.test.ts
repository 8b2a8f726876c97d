import { expect, test } from 'vitest';
import type { MetricsSnapshot } from './merge-snapshots.ts';
import { mergeSnapshots } from './merge-snapshots.ts';
import { createPrometheusMetrics } from './prometheus-metrics.ts';

const linesOf = (page: string, name: string): string[] =>
  page.split('\n').filter((line) => line.startsWith(`carillon_${name}`));

test('counters and histograms of all threads are added up, label by label', async () => {
  const [one, two] = [createPrometheusMetrics(), createPrometheusMetrics()];
  one.count('ws_errors_total', 2, { code: '105' });
  two.count('ws_errors_total', 3, { code: '105' });
  two.count('ws_errors_total', 1, { code: '100' });
  one.observe('broadcast_seconds', 0.002, { kind: 'chat', result: 'ok' });
  two.observe('broadcast_seconds', 0.02, { kind: 'chat', result: 'ok' });
  const page = await mergeSnapshots([await one.snapshot(), await two.snapshot()]);
  expect(linesOf(page, 'ws_errors_total')).toEqual([
    'carillon_ws_errors_total{code="105"} 5',
    'carillon_ws_errors_total{code="100"} 1',
  ]);
  expect(linesOf(page, 'broadcast_seconds_count')).toEqual([
    'carillon_broadcast_seconds_count{kind="chat",result="ok"} 2',
  ]);
});

test('a process whose threads have engines of their own is connected when all of them are', async () => {
  const [one, two] = [createPrometheusMetrics(), createPrometheusMetrics()];
  const metric = { help: 'h', name: 'carillon_broker_connected', type: 'gauge' };
  const gauge = (value: number) => ({
    ...metric,
    values: [{ value, labels: {} }],
    aggregator: 'sum',
  });
  const page = await mergeSnapshots([
    [...(await one.snapshot()), gauge(1)],
    [...(await two.snapshot()), gauge(0)],
  ] as MetricsSnapshot[]);
  expect(linesOf(page, 'broker_connected')).toEqual(['carillon_broker_connected 0']);
});

test('what belongs to the whole process is counted once, what main knows replaces the rest', async () => {
  const [one, two] = [createPrometheusMetrics(), createPrometheusMetrics()];
  const snapshots = [await one.snapshot(), await two.snapshot()];
  const memory = Number(
    linesOf(await mergeSnapshots(snapshots.slice(0, 1)), 'process_resident_memory')[0]?.split(
      ' ',
    )[1],
  );
  const workers = { name: 'workers', help: 'Threads', type: 'gauge', value: 2 } as const;
  const page = await mergeSnapshots(snapshots, [workers]);
  expect(linesOf(page, 'process_resident_memory')).toEqual([
    `carillon_process_resident_memory_bytes ${memory}`,
  ]);
  expect(linesOf(page, 'workers')).toEqual(['carillon_workers 2']);
});
