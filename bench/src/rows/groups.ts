/**
 * P7 and P9: 20,000 deliveries/s over 1,000 groups of 10, published on a timetable: latency from
 * the intended time, and how long the server's event loop was away meanwhile.
 */
import type { LoopDelay } from '../process/vitals.ts';
import type { System } from '../load/dialects.ts';
import { summarizeLatencies } from '../load/latency.ts';
import { spreadOf, type Spread } from '../stats.ts';
import { deliver } from './deliveries.ts';
import { withLab } from './lab.ts';
import { alternate, figuresOf, type Sample } from './rounds.ts';
import type { Result, RowOptions, RowReport } from './row.ts';

const GROUPS = 1000;
const MEMBERS = 10;
/** Two messages a millisecond, ten deliveries each. */
const PACE = { perTick: 2, intervalMs: 1 };
const MESSAGE_BYTES = 200;

interface GroupSample extends Sample {
  readonly latency: string;
  readonly loop: LoopDelay;
}

export async function groups(options: RowOptions): Promise<RowReport> {
  const title = 'P7 groups';
  const samples = await alternate({ ...options, title }, (system) => measure(system, options));
  const loopFigures = [...samples].map(([system, list]) => ({
    system,
    what: 'server event-loop delay p99.9',
    unit: 'ms',
    value: spreadOf(list.map(({ loop }) => loop.p999Ms)),
  }));
  const label = { what: 'server CPU per delivery, groups of 10', unit: 'µs' };
  return {
    row: 'P7',
    title: 'Publish to delivery: 20,000 deliveries/s over 1,000 groups of 10',
    results: resultsOf(samples.get('carillon') ?? []),
    figures: [...figuresOf(samples, label), ...loopFigures],
  };
}

function resultsOf(ours: readonly GroupSample[]): readonly Result[] {
  if (ours.length === 0) return [];
  const latencies = ours.map(({ latency }) => latency);
  const p99s = latencies.map((one) => summarizeLatencies([one]).p99Ms);
  // Merged over all rounds; the spread is that of the single rounds.
  const p99: Spread = { ...spreadOf(p99s), median: summarizeLatencies(latencies).p99Ms };
  const bars = { unit: 'ms', must: 50, better: 'lower' as const };
  return [
    { id: 'P7', what: 'publish to delivery, p99', value: p99, aim: 10, ...bars },
    {
      id: 'P9',
      what: 'event-loop delay during P7, p99.9',
      value: spreadOf(ours.map(({ loop }) => loop.p999Ms)),
      aim: 20,
      ...bars,
    },
  ];
}

function measure(system: System, options: RowOptions): Promise<GroupSample> {
  return withLab({ system, profileDir: options.profileDir }, async (lab) => {
    const { server, generator, port, secret } = lab;
    const connections = GROUPS * MEMBERS;
    // 33 has no factor in common with the number of groups, so samplers sit in all of them.
    const audience = { system, port, secret, connections, groups: GROUPS, sampleEvery: 33 };
    await generator.call('gather', audience);
    const plan = { ...PACE, groups: GROUPS, messageBytes: MESSAGE_BYTES };
    const ticksIn = (seconds: number): number => (seconds * 1000) / PACE.intervalMs;
    await deliver(lab, { ...plan, ticks: ticksIn(2) });
    await server.call('watchLoop');
    const delivered = await deliver(lab, { ...plan, ticks: ticksIn(options.isQuick ? 4 : 10) });
    const loop = await server.call('loopDelay');
    const { latency, generator: vitals } = delivered.collected;
    return { value: delivered.cpuUsPerDelivery, latency, generator: vitals, loop };
  });
}
