/** The metrics port over prom-client, with a registry of its own, so that two servers fit in one process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GaugeName, MetricName, Metrics } from '../../ports/metrics.ts';
import { FAMILIES, GAUGES, METRIC_PREFIX } from './families.ts';
import { addScrapeGauges, type GaugeSources } from './scrape-gauges.ts';
import type { MetricsSnapshot } from './merge-snapshots.ts';

export interface PrometheusMetrics extends Metrics {
  readonly contentType: string;
  /** The text that a scrape gets. */
  render(): Promise<string>;
  /** The same as data, for whoever adds several processes or threads up (`mergeSnapshots`). */
  snapshot(): Promise<MetricsSnapshot>;
  /** Once, when the parts exist that the gauges read. */
  watch(sources: GaugeSources): void;
}

type Labels = Readonly<Record<string, string>>;

/** A label nobody declared is left out: a metric never fails what it measures. */
const known = (declared: readonly string[], labels: Labels | undefined): Record<string, string> => {
  const picked: Record<string, string> = {};
  if (labels === undefined) return picked;
  for (const label of declared) {
    const value = labels[label];
    if (value !== undefined) picked[label] = value;
  }
  return picked;
};

/** Made when first set: a gauge nobody sets would read 0, which says something untrue. */
const gaugesOf = (registry: Registry): ((name: GaugeName) => Gauge) => {
  const gauges = new Map<GaugeName, Gauge>();
  return (name) => {
    const made = gauges.get(name);
    if (made !== undefined) return made;
    const { help, labels } = GAUGES[name];
    const gauge = new Gauge({
      name: `${METRIC_PREFIX}${name}`,
      help,
      labelNames: [...labels],
      registers: [registry],
    });
    gauges.set(name, gauge);
    return gauge;
  };
};

const isMetricName = (name: string): name is MetricName => Object.hasOwn(FAMILIES, name);

export const createPrometheusMetrics = (): PrometheusMetrics => {
  const registry = new Registry();
  const counters = new Map<MetricName, Counter>();
  const histograms = new Map<MetricName, Histogram>();
  for (const [name, family] of Object.entries(FAMILIES)) {
    if (!isMetricName(name)) continue;
    const options = {
      name: `${METRIC_PREFIX}${name}`,
      help: family.help,
      labelNames: [...family.labels],
      registers: [registry],
    };
    if (family.type === 'counter') counters.set(name, new Counter(options));
    else histograms.set(name, new Histogram({ ...options, buckets: [...family.buckets] }));
  }
  const gauge = gaugesOf(registry);
  collectDefaultMetrics({ register: registry, prefix: METRIC_PREFIX });

  return {
    contentType: registry.contentType,
    count: (name, amount, labels) =>
      counters.get(name)?.inc(known(FAMILIES[name].labels, labels), amount),
    observe: (name, seconds, labels) =>
      histograms.get(name)?.observe(known(FAMILIES[name].labels, labels), seconds),
    set: (name, value, labels) => gauge(name).set(known(GAUGES[name].labels, labels), value),
    render: () => registry.metrics(),
    snapshot: () => registry.getMetricsAsJSON(),
    watch: (sources) => addScrapeGauges(registry, sources),
  };
};
