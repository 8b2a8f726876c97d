/** What every row takes and gives. */
import type { LatencySummary } from '../load/latency.ts';
import type { Sdk, System } from '../load/dialects.ts';
import type { Spread } from '../stats.ts';

export interface RowOptions {
  readonly rounds: number;
  /** Shorter spans, for a look while working; never for published figures. */
  readonly isQuick: boolean;
  readonly systems: readonly System[];
  readonly profileDir?: string | undefined;
}

export type Verdict = 'aim' | 'met' | 'missed';

/** A bar of the row and how far we got. */
export interface Result {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly value: Spread;
  readonly must: number;
  readonly aim: number;
  /** Whether the bar is a least or a most. */
  readonly better: 'lower' | 'higher';
}

/** One system's own figures behind the results. */
export interface Figure {
  readonly system: System | Sdk;
  readonly what: string;
  readonly unit: string;
  readonly value: Spread;
  readonly latency?: LatencySummary;
  /** The generator's busiest run. */
  readonly generator?: { readonly cpuShare: number; readonly loopP99Ms: number };
}

export interface RowReport {
  readonly row: string;
  readonly title: string;
  readonly results: readonly Result[];
  readonly figures: readonly Figure[];
}

export function verdictOf({ value, must, aim, better }: Result): Verdict {
  const reaches = (bar: number): boolean =>
    better === 'lower' ? value.median <= bar : value.median >= bar;
  if (reaches(aim)) return 'aim';
  return reaches(must) ? 'met' : 'missed';
}
