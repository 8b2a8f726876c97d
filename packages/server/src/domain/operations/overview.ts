/** The figures of all nodes as the columns that charts are drawn from. */
import type {
  DeviceCounts,
  NodeStatistics,
  StatisticsSample,
} from '../../ports/cluster-overview.ts';
import type { NodeInfo } from '../../ports/control-bus.ts';
import { percentileMs } from './latency-buckets.ts';

/** One entry per second in every column, oldest first. */
export interface Series {
  readonly at: number[];
  readonly connections: number[];
  readonly users: number[];
  readonly received: number[];
  readonly sent: number[];
  readonly pushed: number[];
  readonly pushFailed: number[];
  /** Null where nothing was broadcast in that second. */
  readonly latencyP50Ms: (number | null)[];
  readonly latencyP99Ms: (number | null)[];
}

export interface NodeOverview extends NodeInfo {
  /** Means of the last seconds. */
  readonly receivedPerSecond: number;
  readonly sentPerSecond: number;
}

const RATE_SECONDS = 5;

export function seriesOf(nodes: readonly NodeStatistics[]): Series {
  const bySecond = new Map<number, StatisticsSample[]>();
  for (const { samples } of nodes) {
    for (const sample of samples) {
      const others = bySecond.get(sample.second);
      if (others === undefined) bySecond.set(sample.second, [sample]);
      else others.push(sample);
    }
  }
  const series: Series = {
    at: [],
    connections: [],
    users: [],
    received: [],
    sent: [],
    pushed: [],
    pushFailed: [],
    latencyP50Ms: [],
    latencyP99Ms: [],
  };
  for (const [second, samples] of [...bySecond].toSorted(([one], [other]) => one - other)) {
    addSecond(series, second, samples);
  }
  return series;
}

function addSecond(series: Series, second: number, samples: readonly StatisticsSample[]): void {
  const sum = (of: (sample: StatisticsSample) => number): number =>
    samples.reduce((total, sample) => total + of(sample), 0);
  series.at.push(second);
  series.connections.push(sum(({ connections }) => connections));
  series.users.push(sum(({ users }) => users));
  series.received.push(sum(({ received }) => received));
  series.sent.push(sum(({ sent }) => sent));
  series.pushed.push(sum(({ pushed }) => pushed));
  series.pushFailed.push(sum(({ pushFailed }) => pushFailed));
  const latencies = samples.map(({ latency }) => latency);
  series.latencyP50Ms.push(rounded(percentileMs(latencies, 50)));
  series.latencyP99Ms.push(rounded(percentileMs(latencies, 99)));
}

const rounded = (ms: number | undefined): number | null =>
  ms === undefined ? null : Number(ms.toPrecision(3));

export function devicesOf(nodes: readonly NodeStatistics[]): DeviceCounts {
  const sum = { mobile: 0, tablet: 0, desktop: 0, unknown: 0 };
  for (const { devices } of nodes) {
    sum.mobile += devices.mobile;
    sum.tablet += devices.tablet;
    sum.desktop += devices.desktop;
    sum.unknown += devices.unknown;
  }
  return sum;
}

/** By name, and by id where several threads or processes of one machine share a name. */
export function nodesOf(nodes: readonly NodeStatistics[]): readonly NodeOverview[] {
  return nodes
    .map(({ node, samples }) => {
      const last = samples.slice(-RATE_SECONDS);
      const mean = (of: (sample: StatisticsSample) => number): number =>
        last.length === 0 ? 0 : last.reduce((total, sample) => total + of(sample), 0) / last.length;
      return {
        ...node,
        receivedPerSecond: mean(({ received }) => received),
        sentPerSecond: mean(({ sent }) => sent),
      };
    })
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

const keyOf = ({ name, id }: NodeInfo): string => `${name} ${id}`;
