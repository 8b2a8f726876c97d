/**
 * W1: fan-out of a whole server process, `carillon serve`, with WORKERS=2 against WORKERS=1:
 * what it costs that a publication is handed to two threads. What a second thread brings needs a
 * second core that nobody else uses, and the load generator is somebody.
 */
import type { System } from '../load/dialects.ts';
import { pairedRatios } from '../stats.ts';
import { deliver } from './deliveries.ts';
import { withLab } from './lab.ts';
import { alternate, figuresOf, valuesOf, type Sample } from './rounds.ts';
import type { RowOptions, RowReport } from './row.ts';

const SUBSCRIBERS = 1000;
const MESSAGE_BYTES = 200;
/** The shape "one a tick" of P1. */
const PACE = { perTick: 1, intervalMs: 25 };
const ONE: System = 'carillon-1-worker';
const TWO: System = 'carillon-2-workers';

export async function workers(options: RowOptions): Promise<RowReport> {
  const plan = { ...options, systems: [ONE, TWO], title: 'W1 workers' };
  const samples = await alternate(plan, (system) => measure(system, options));
  return {
    row: 'W1',
    title: 'Fan-out with WORKERS=2 against WORKERS=1: 1 channel, 1,000 subscribers, 200 B',
    results: [
      {
        id: 'W1',
        what: 'fan-out with WORKERS=2: CPU per delivery ÷ WORKERS=1',
        unit: '×',
        value: pairedRatios(valuesOf(samples, TWO), valuesOf(samples, ONE)),
        must: 1.25,
        aim: 1.1,
        better: 'lower',
      },
    ],
    figures: figuresOf(samples, { what: 'server CPU per delivery', unit: 'µs' }),
  };
}

function measure(system: System, options: RowOptions): Promise<Sample> {
  const count = system === TWO ? 2 : 1;
  const lab = { system, entry: 'carillon-serve', settings: { workers: count }, isPinned: false };
  return withLab(lab, async (running) => {
    const { generator, port, secret } = running;
    await generator.call('gather', {
      system,
      port,
      secret,
      connections: SUBSCRIBERS,
      groups: 1,
      sampleEvery: 20,
    });
    const plan = { ...PACE, groups: 1, messageBytes: MESSAGE_BYTES };
    const ticksIn = (ms: number): number => Math.round(ms / PACE.intervalMs);
    await deliver(running, { ...plan, ticks: ticksIn(options.isQuick ? 1000 : 2000) });
    const { cpuUsPerDelivery, collected } = await deliver(running, {
      ...plan,
      ticks: ticksIn(options.isQuick ? 2000 : 5000),
    });
    const { latency, generator: vitals } = collected;
    return { value: cpuUsPerDelivery, latency, generator: vitals };
  });
}
