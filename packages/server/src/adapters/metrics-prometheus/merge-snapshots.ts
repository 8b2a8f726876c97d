/** The metrics of several threads of one process as one page. */
import { AggregatorRegistry } from 'prom-client';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { METRIC_PREFIX } from './families.ts';

/** What a registry holds, as data that can be sent to another thread. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** Every thread tells these of the whole process, or of what all share. */
const SHARED = new RegExp(`^${METRIC_PREFIX}(process_|outbox_(pending|buried|oldest))`);

/** Connected is the process whose every thread is. */
const WEAKEST = `${METRIC_PREFIX}broker_connected`;

/** One figure of the whole process. */
export interface WholeMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly value: number;
}

/**
 * Counters, histograms and gauges are added up, loop delays averaged, and what belongs to the whole
 * process is taken once. `whole` replaces what the threads say under the same name.
 */
export function mergeSnapshots(
  snapshots: readonly MetricsSnapshot[],
  whole: readonly WholeMetric[] = [],
): Promise<string> {
  const replaced = new Set(whole.map(({ name }) => METRIC_PREFIX + name));
  const merged = snapshots.map((snapshot) =>
    snapshot
      .filter(({ name }) => !replaced.has(name))
      .map((metric) => ({ ...metric, aggregator: aggregatorOf(metric) })),
  );
  const added = whole.map(({ name, help, type, value }) => ({
    name: METRIC_PREFIX + name,
    help,
    type,
    values: [{ labels: {}, value }],
    aggregator: 'first',
  }));
  return AggregatorRegistry.aggregate([...merged, added]).metrics();
}

function aggregatorOf({ name, aggregator }: MetricsSnapshot[number]): string {
  if (name === WEAKEST) return 'min';
  return SHARED.test(name) ? 'first' : aggregator;
}
