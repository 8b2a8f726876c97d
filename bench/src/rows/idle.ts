/** P2 and P11: 10,000 authenticated connections with one subscription each that say nothing. */
import { sleep } from '../process/sleep.ts';
import type { System } from '../load/dialects.ts';
import { spreadOf, type Spread } from '../stats.ts';
import { checkFaults, withLab, type Lab } from './lab.ts';
import { alternate, figuresOf } from './rounds.ts';
import type { RowOptions, RowReport } from './row.ts';

const CONNECTIONS = 10_000;
const GROUPS = 1000;
/** Connected and gone before the empty server is weighed, so that compiled code is not counted. */
const WARM_UP = 200;
const PING_INTERVAL_S = 25;

interface IdleSample {
  readonly kibPerConnection: number;
  readonly cpuUsPerSecond?: number;
}

export const idleMemory = (options: RowOptions): Promise<RowReport> => idle('P2', options);
export const idleCpu = (options: RowOptions): Promise<RowReport> => idle('P11', options);

async function idle(row: 'P2' | 'P11', options: RowOptions): Promise<RowReport> {
  const seconds = row === 'P2' ? 0 : PING_INTERVAL_S * (options.isQuick ? 1 : 2);
  // Memory and idling hardly vary; what varies is worth more rounds elsewhere.
  const rounds = Math.min(options.rounds, row === 'P2' ? 3 : 1);
  const plan = { ...options, rounds, title: `${row} idle` };
  const samples = await alternate(plan, (system) => measure(system, seconds, options));
  const valueOf = (sample: IdleSample): number =>
    row === 'P2' ? sample.kibPerConnection : (sample.cpuUsPerSecond ?? Number.NaN);
  const values = new Map(
    [...samples].map(([system, list]) => [system, list.map((one) => ({ value: valueOf(one) }))]),
  );
  const ours = (values.get('carillon') ?? []).map(({ value }) => value);
  const label =
    row === 'P2'
      ? { what: 'RSS per idle connection', unit: 'KiB' }
      : { what: 'server CPU per idle connection and second', unit: 'µs' };
  return {
    row,
    title: row === 'P2' ? 'Memory of 10,000 idle connections' : 'CPU of 10,000 idle connections',
    results: ours.length === 0 ? [] : [resultOf(row, spreadOf(ours))],
    figures: figuresOf(values, label),
  };
}

const resultOf = (row: 'P2' | 'P11', value: Spread) =>
  row === 'P2'
    ? {
        id: row,
        what: 'RSS per connection, authenticated, one subscription',
        unit: 'KiB',
        value,
        must: 12,
        aim: 9,
        better: 'lower' as const,
      }
    : {
        id: row,
        what: 'CPU per idle connection and second, ping every 25 s',
        unit: 'µs',
        value,
        must: 8,
        aim: 3,
        better: 'lower' as const,
      };

function measure(system: System, seconds: number, options: RowOptions): Promise<IdleSample> {
  return withLab({ system, profileDir: options.profileDir }, async (lab) => {
    const { server } = lab;
    await gather(lab, system, WARM_UP);
    await lab.generator.call('dropAll');
    const empty = await server.call('settleMemory');
    await gather(lab, system, CONNECTIONS);
    await lab.generator.call('begin');
    const full = await server.call('settleMemory');
    const before = await server.call('vitals');
    await sleep(seconds * 1000);
    const after = await server.call('vitals');
    // Whoever was lost meanwhile would have made the others look cheap.
    const { faults } = await lab.generator.call('collect', { perSubscriber: 0, timeoutMs: 0 });
    checkFaults(faults);
    const kibPerConnection = (full.rssBytes - empty.rssBytes) / CONNECTIONS / 1024;
    if (seconds === 0) return { kibPerConnection };
    const cpuUsPerSecond = (after.cpuUs - before.cpuUs) / seconds / CONNECTIONS;
    return { kibPerConnection, cpuUsPerSecond };
  });
}

function gather(lab: Lab, system: System, connections: number): Promise<void> {
  const { port, secret } = lab;
  const plan = { system, port, secret, connections, groups: GROUPS, sampleEvery: 0 };
  return lab.generator.call('gather', plan);
}
