/** Results as text: Markdown tables, the same on a terminal and in docs/benchmarks.md. */
import type { LatencySummary } from './load/latency.ts';
import type { Results } from './results.ts';
import { verdictOf, type Figure, type Result, type RowReport } from './rows/row.ts';
import type { Spread } from './stats.ts';

const NAMES = {
  carillon: 'Carillon',
  'carillon-quick': 'Carillon, quick connect',
  'carillon-redis': 'Carillon, two nodes over Redis',
  'carillon-1-worker': 'Carillon, WORKERS=1',
  'carillon-2-workers': 'Carillon, WORKERS=2',
  'socket-io': 'Socket.IO',
  ws: 'bare `ws`',
  'ws-auth': '`ws`, token and answer only',
  centrifuge: 'centrifuge',
  'pusher-js': 'pusher-js',
  signalr: 'SignalR',
  'socket.io-client': 'socket.io-client',
  phoenix: 'phoenix',
} as const;

export function renderBars(rows: readonly RowReport[]): string {
  const results = rows.flatMap((row) => row.results);
  return table(
    ['', 'Bar', 'Must', 'Aim', 'Measured (median)', 'Spread of rounds', ''],
    results.map((result) => [
      result.id,
      result.what,
      withUnit(result, result.must),
      withUnit(result, result.aim),
      `**${number(result.value.median)} ${result.unit}**`,
      spread(result.value),
      { aim: 'aim reached', met: 'met', missed: '**missed**' }[verdictOf(result)],
    ]),
  );
}

export function renderFigures(row: RowReport): string {
  return table(
    ['', 'System', 'Median', 'Spread', 'Latency p50 / p99', 'Generator CPU, loop p99'],
    row.figures.map((figure) => [
      figure.what,
      NAMES[figure.system],
      `${number(figure.value.median)} ${figure.unit}`,
      spread(figure.value),
      latency(figure.latency),
      generator(figure),
    ]),
  );
}

export function renderMachine({ date, rounds, machine }: Results): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${date.slice(0, 10)}, ${rounds} rounds, Node ${machine.node}, ${versions.join(', ')}; ` +
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGib} GiB, Linux ${machine.kernel}; ` +
    `server and generator ${machine.isPinned ? 'pinned to a CPU each' : 'not pinned'}.`
  );
}

const withUnit = ({ better, unit }: Result, bar: number): string =>
  `${better === 'lower' ? '≤' : '≥'} ${number(bar)} ${unit}`;

const spread = ({ min, max, rounds }: Spread): string =>
  rounds === 1 ? '1 round' : `${number(min)}–${number(max)}`;

const latency = (summary: LatencySummary | undefined): string =>
  summary === undefined ? '' : `${number(summary.p50Ms)} / ${number(summary.p99Ms)} ms`;

const generator = ({ generator: vitals }: Figure): string =>
  vitals === undefined
    ? ''
    : `${Math.round(vitals.cpuShare * 100)} %, ${number(vitals.loopP99Ms)} ms`;

function number(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const rows = [head, head.map(() => '---'), ...body];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
