/** The last ten minutes as columns, kept up to date with what the server says is new. */
import type { MethodOutput } from '@carillon/client';

export type Overview = MethodOutput<'console.overview'>;
export type Series = Overview['series'];
/** The newest answer, and the series with what came before. */
export interface Seen {
  readonly overview: Overview;
  readonly series: Series;
}

export type Column = Exclude<keyof Series, 'at'>;

const KEPT_SECONDS = 600;
/** Nodes answer a moment apart: the newest seconds are asked for again. */
const OVERLAP_SECONDS = 3;

export const COLUMNS = [
  'connections',
  'users',
  'received',
  'sent',
  'pushed',
  'push_failed',
  'latency_p50_ms',
  'latency_p99_ms',
] as const satisfies readonly Column[];

export const EMPTY_SERIES: Series = {
  at: [],
  connections: [],
  users: [],
  received: [],
  sent: [],
  pushed: [],
  push_failed: [],
  latency_p50_ms: [],
  latency_p99_ms: [],
};

/** Undefined: everything. */
export function askSince({ at }: Series): number | undefined {
  const last = at.at(-1);
  return last === undefined ? undefined : last - OVERLAP_SECONDS;
}

/** What is new takes the place of what is as new or newer. */
export function mergeSeries(kept: Series, fresh: Series): Series {
  const [first] = fresh.at;
  if (first === undefined) return kept;
  const from = kept.at.findIndex((second) => second >= first);
  const end = from < 0 ? kept.at.length : from;
  const start = Math.max(0, end + fresh.at.length - KEPT_SECONDS);
  const joined = <T>(one: readonly T[], two: readonly T[]): T[] => [
    ...one.slice(start, end),
    ...two,
  ];
  return {
    at: joined(kept.at, fresh.at),
    connections: joined(kept.connections, fresh.connections),
    users: joined(kept.users, fresh.users),
    received: joined(kept.received, fresh.received),
    sent: joined(kept.sent, fresh.sent),
    pushed: joined(kept.pushed, fresh.pushed),
    push_failed: joined(kept.push_failed, fresh.push_failed),
    latency_p50_ms: joined(kept.latency_p50_ms, fresh.latency_p50_ms),
    latency_p99_ms: joined(kept.latency_p99_ms, fresh.latency_p99_ms),
  };
}

/** Of the pushes of the window, those that were delivered, per cent; undefined without any. */
export function pushSuccess({ pushed, push_failed: failed }: Series): number | undefined {
  const good = sumOf(pushed);
  const all = good + sumOf(failed);
  return all === 0 ? undefined : (100 * good) / all;
}

/** The newest value that there is. */
export const lastOf = (values: readonly (number | null)[]): number | undefined =>
  values.findLast((value) => value !== null) ?? undefined;

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

export interface Minute {
  /** Seconds since 1970 at its beginning. */
  readonly at: number;
  readonly means: Readonly<Record<Column, number | undefined>>;
}

/** For reading instead of looking: means by the minute, newest first. */
export function minutesOf(series: Series): readonly Minute[] {
  const places = Map.groupBy(series.at.keys(), (place) => Math.floor((series.at[place] ?? 0) / 60));
  return [...places]
    .map(([minute, own]) => ({ at: minute * 60, means: meansOf(series, own) }))
    .toReversed();
}

function meansOf(series: Series, places: readonly number[]): Minute['means'] {
  const meanOf = (column: Column): number | undefined => {
    const values = places.map((place) => series[column][place]).filter((value) => value != null);
    return values.length === 0 ? undefined : sumOf(values) / values.length;
  };
  return {
    connections: meanOf('connections'),
    users: meanOf('users'),
    received: meanOf('received'),
    sent: meanOf('sent'),
    pushed: meanOf('pushed'),
    push_failed: meanOf('push_failed'),
    latency_p50_ms: meanOf('latency_p50_ms'),
    latency_p99_ms: meanOf('latency_p99_ms'),
  };
}
