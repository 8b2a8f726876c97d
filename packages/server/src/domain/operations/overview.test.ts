import { expect, test } from 'vitest';
import type { NodeStatistics, StatisticsSample } from '../../ports/cluster-overview.ts';
import { devicesOf, nodesOf, seriesOf } from './overview.ts';

const sample = (second: number, figures: Partial<StatisticsSample> = {}): StatisticsSample => ({
  second,
  connections: 1,
  users: 1,
  received: 0,
  sent: 0,
  pushed: 0,
  pushFailed: 0,
  latency: [],
  ...figures,
});

const nodeWith = (id: string, samples: readonly StatisticsSample[]): NodeStatistics => ({
  node: {
    id,
    name: `name of ${id}`,
    version: '1',
    kind: 'websocket',
    connections: 1,
    users: 1,
    channels: 1,
    uptimeMs: 1,
  },
  devices: { mobile: 1, tablet: 0, desktop: 2, unknown: 0 },
  samples,
});

test('the seconds of all nodes are added up, also where one has not come to a second yet', () => {
  const series = seriesOf([
    nodeWith('b', [sample(11, { sent: 5 }), sample(12, { sent: 7 })]),
    nodeWith('a', [sample(10, { sent: 1 }), sample(11, { sent: 2 })]),
  ]);
  expect(series.at).toEqual([10, 11, 12]);
  expect(series.sent).toEqual([1, 7, 7]);
  expect(series.connections).toEqual([1, 2, 1]);
});

test('a percentile is one of all nodes together, and none where nothing was broadcast', () => {
  const fast = nodeWith('a', [sample(1, { latency: [10, 99] }), sample(2)]);
  const slow = nodeWith('b', [sample(1, { latency: [40, 1] }), sample(2)]);
  const { latencyP50Ms: p50, latencyP99Ms: p99 } = seriesOf([fast, slow]);
  expect(p50[0]).toBe(p99[0]);
  expect([p50[1], p99[1]]).toEqual([null, null]);
  const { latencyP99Ms: alone } = seriesOf([slow]);
  expect(alone[0]).toBeGreaterThan(p99[0] ?? 0);
});

test('devices are added up, nodes come by name with the means of their last five seconds', () => {
  const samples = [100, 1, 2, 3, 4, 5].map((sent, index) => sample(index, { sent }));
  const nodes = [nodeWith('b', samples), nodeWith('a', [])];
  expect(devicesOf(nodes)).toEqual({ mobile: 2, tablet: 0, desktop: 4, unknown: 0 });
  expect(nodesOf(nodes).map(({ id, sentPerSecond }) => [id, sentPerSecond])).toEqual([
    ['a', 0],
    ['b', 3],
  ]);
});
