/** P1: one channel, 1,000 subscribers, 200 bytes, one and ten messages a tick. */
import type { System } from '../load/dialects.ts';
import { pairedRatios } from '../stats.ts';
import { deliver } from './deliveries.ts';
import { withLab } from './lab.ts';
import { alternate, figuresOf, valuesOf, type Sample, type Samples } from './rounds.ts';
import type { RowOptions, RowReport } from './row.ts';

const SUBSCRIBERS = 1000;
const MESSAGE_BYTES = 200;

/** Rates at which Socket.IO has about half a core to do, and so the same for all. */
const SHAPES = [
  { name: 'one a tick', perTick: 1, intervalMs: 25, must: 0.75, aim: 0.6 },
  { name: 'ten a tick', perTick: 10, intervalMs: 160, must: 0.2, aim: 0.14 },
] as const;

type Shape = (typeof SHAPES)[number];

export async function fanOut(options: RowOptions): Promise<RowReport> {
  const title = 'P1 fan-out';
  const rounds = await alternate({ ...options, title }, (system) => measure(system, options));
  const reports = SHAPES.map((shape, i) => {
    const samples: Samples = new Map(
      [...rounds].map(([system, list]) => [system, list.flatMap((shapes) => shapes[i] ?? [])]),
    );
    return report(shape, samples);
  });
  return {
    row: 'P1',
    title: 'Fan-out: 1 channel, 1,000 subscribers, 200 B',
    results: reports.flatMap(({ results }) => results),
    figures: reports.flatMap(({ figures }) => figures),
  };
}

function report(shape: Shape, samples: Samples): Pick<RowReport, 'results' | 'figures'> {
  const ratioTo = (system: System) =>
    pairedRatios(valuesOf(samples, 'carillon'), valuesOf(samples, system));
  const result = {
    id: 'P1',
    what: `${shape.name}: CPU per delivery ÷ Socket.IO`,
    unit: '×',
    value: ratioTo('socket-io'),
    must: shape.must,
    aim: shape.aim,
    better: 'lower' as const,
  };
  const label = { what: `server CPU per delivery, ${shape.name}`, unit: 'µs' };
  return { results: [result], figures: figuresOf(samples, label) };
}

function measure(system: System, options: RowOptions): Promise<readonly Sample[]> {
  return withLab({ system, profileDir: options.profileDir }, async (lab) => {
    const { port, secret } = lab;
    const audience = {
      system,
      port,
      secret,
      connections: SUBSCRIBERS,
      groups: 1,
      sampleEvery: 100,
    };
    await lab.generator.call('gather', audience);
    const samples: Sample[] = [];
    for (const { perTick, intervalMs } of SHAPES) {
      const plan = { perTick, intervalMs, groups: 1, messageBytes: MESSAGE_BYTES };
      const ticksIn = (ms: number): number => Math.round(ms / intervalMs);
      await deliver(lab, { ...plan, ticks: ticksIn(options.isQuick ? 1000 : 2000) });
      const { cpuUsPerDelivery, collected } = await deliver(lab, {
        ...plan,
        ticks: ticksIn(options.isQuick ? 2000 : 5000),
      });
      const { latency, generator } = collected;
      samples.push({ value: cpuUsPerDelivery, latency, generator });
    }
    return samples;
  });
}
