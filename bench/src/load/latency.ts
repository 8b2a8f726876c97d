/** Latencies in µs as an HdrHistogram: cheap to record, encoded to travel, added up to be merged. */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

const HIGHEST_US = 60_000_000;

export const createLatencies = (): Histogram =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
  });

export function recordLatency(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(HIGHEST_US, Math.max(1, Math.round(us))));
}

export const encodeLatencies = (histogram: Histogram): string =>
  encodeIntoCompressedBase64(histogram);

export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Percentiles of all spans together: histograms are added, percentiles never averaged. */
export function summarizeLatencies(encoded: readonly string[]): LatencySummary {
  const all = createLatencies();
  for (const one of encoded) all.add(decodeFromCompressedBase64(one));
  const ms = (percentile: number): number => all.getValueAtPercentile(percentile) / 1000;
  return { count: all.totalCount, p50Ms: ms(50), p99Ms: ms(99), maxMs: all.maxValue / 1000 };
}
