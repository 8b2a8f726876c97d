/** What all nodes are doing, second by second. Asks once a second, for what is new only. */
import { useMemo, useRef, useState } from 'react';
import type { ConsoleFailure } from '../shell/console-api.ts';
import { FailureNote, LoadingNote } from '../shell/notes.tsx';
import { useConsole, usePolling } from '../shell/use-console.ts';
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';
import { Chart } from './chart.tsx';
import type { Line } from './chart.tsx';
import { DeviceMix } from './device-mix.tsx';
import { FiguresTable } from './figures-table.tsx';
import { NodesTable } from './nodes-table.tsx';
import { askSince, EMPTY_SERIES, lastOf, mergeSeries, pushSuccess } from './series.ts';
import type { Column, Overview, Seen, Series } from './series.ts';

const PAUSE_MS = 1_000;

export function OverviewTab() {
  const { t } = useConsoleTexts();
  const [node, setNode] = useState<string | undefined>(undefined);
  const { seen, failure } = useOverview(node);
  if (seen === undefined) {
    return failure === undefined ? <LoadingNote /> : <FailureNote failure={failure} />;
  }
  const { overview, series } = seen;
  const shown = overview.nodes.find(({ id }) => id === node);
  return (
    <>
      {failure !== undefined && <FailureNote failure={failure} />}
      <Tiles overview={overview} series={series} />
      {shown !== undefined && (
        <p className="co-note" role="status">
          {t('overview.of', { node: `${shown.name} ${shown.id.slice(0, 6)}` })}
        </p>
      )}
      <Charts series={series} />
      <FiguresTable series={series} />
      <DeviceMix devices={overview.devices} />
      <NodesTable nodes={overview.nodes} shown={node} onShow={setNode} />
    </>
  );
}

function useOverview(node: string | undefined): {
  seen: Seen | undefined;
  failure: ConsoleFailure | undefined;
} {
  const { call, overview } = useConsole();
  const [seen, setSeen] = useState(overview.last);
  const [failure, setFailure] = useState<ConsoleFailure | undefined>(undefined);
  const kept = useRef<{ node?: string | undefined; series: Series | undefined }>({
    series: overview.last?.series,
  });
  const ask = async (): Promise<void> => {
    const before = kept.current.node === node ? kept.current.series : undefined;
    const since = askSince(before ?? EMPTY_SERIES);
    const answer = await call('console.overview', {
      ...(since === undefined ? {} : { since }),
      ...(node === undefined ? {} : { node }),
    });
    setFailure(answer.ok ? undefined : answer);
    if (!answer.ok) return;
    const series = mergeSeries(before ?? EMPTY_SERIES, answer.value.series);
    kept.current = { node, series };
    const now = { overview: answer.value, series };
    if (node === undefined) overview.last = now;
    setSeen(now);
  };
  usePolling(ask, PAUSE_MS, node);
  return { seen, failure };
}

function Tiles({ overview, series }: { overview: Overview; series: Series }) {
  const { t } = useConsoleTexts();
  const { count, rate, ms, percent } = useFormats();
  const { outbox } = overview;
  const tiles = [
    { label: t('figure.connections'), value: count(lastOf(series.connections) ?? 0) },
    { label: t('figure.users'), value: count(lastOf(series.users) ?? 0) },
    { label: t('figure.sent'), value: rate(lastOf(series.sent) ?? 0) },
    { label: t('tile.latency'), value: ms(lastOf(series.latency_p99_ms)) },
    { label: t('tile.pushSuccess'), value: percent(pushSuccess(series)) },
    { label: t('tile.waiting'), value: outbox === undefined ? '–' : count(outbox.pending) },
    { label: t('tile.failed'), value: outbox === undefined ? '–' : count(outbox.buried) },
  ];
  return (
    <dl className="co-tiles">
      {tiles.map(({ label, value }) => (
        <div key={label} className="co-card">
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Drawn {
  readonly title: 'connections' | 'messages' | 'latency' | 'pushes';
  readonly lines: readonly (readonly [Column, `--${string}`])[];
}

const CHARTS: readonly Drawn[] = [
  {
    title: 'connections',
    lines: [
      ['connections', '--accent'],
      ['users', '--good'],
    ],
  },
  {
    title: 'messages',
    lines: [
      ['sent', '--accent'],
      ['received', '--good'],
    ],
  },
  {
    title: 'latency',
    lines: [
      ['latency_p99_ms', '--warn'],
      ['latency_p50_ms', '--accent'],
    ],
  },
  {
    title: 'pushes',
    lines: [
      ['pushed', '--good'],
      ['push_failed', '--bad'],
    ],
  },
];

function Charts({ series }: { series: Series }) {
  return (
    <div className="co-charts">
      {CHARTS.map((drawn) => (
        <SeriesChart key={drawn.title} drawn={drawn} series={series} />
      ))}
    </div>
  );
}

function SeriesChart({ drawn, series }: { drawn: Drawn; series: Series }) {
  const { t } = useConsoleTexts();
  const { rate, ms } = useFormats();
  const lines = useMemo(
    (): readonly Line[] =>
      drawn.lines.map(([column, colour]) => {
        const now = lastOf(series[column]);
        const isTime = column.endsWith('_ms');
        return {
          label: t(`figure.${column}`),
          colour,
          values: series[column],
          now: isTime ? ms(now) : rate(now ?? 0),
        };
      }),
    [drawn, series, t, rate, ms],
  );
  return <Chart title={t(`chart.${drawn.title}`)} at={series.at} lines={lines} format={rate} />;
}
