/**
 * P3: connections that arrive by a timetable. A bare `ws` upgrade is the floor; everybody else
 * authenticates and subscribes as well.
 */
import { sleep } from '../process/sleep.ts';
import type { System } from '../load/dialects.ts';
import { pairedRatios } from '../stats.ts';
import { checkFaults, checkGenerator, VoidRun, withLab } from './lab.ts';
import { alternate, figuresOf, valuesOf, type Sample } from './rounds.ts';
import type { RowOptions, RowReport } from './row.ts';

const GROUPS = 100;
/** What bare `ws` and Carillon both keep up with on one core of the smallest machines. */
const PER_SECOND = 3000;
/** A connection costs twice as much before its code is compiled, which takes some ten thousand. */
const WARM_UPS = 2;
/** Until the server has let go of a warm-up's connections. */
const QUIET_MS = 1500;

export async function connecting(options: RowOptions): Promise<RowReport> {
  const title = 'P3 connect';
  // Nothing that authenticates can be cheaper than ws-auth, so it shows what the ratio can be at best.
  // The bar is about clients as they are: quick connect is told beside it and does not count.
  const systems: readonly System[] = [...options.systems, 'ws-auth', 'carillon-quick'];
  const samples = await alternate({ ...options, systems, title }, (system) =>
    measure(system, options),
  );
  const ratio = pairedRatios(valuesOf(samples, 'carillon'), valuesOf(samples, 'ws'));
  return {
    row: 'P3',
    title: 'Connect, authenticate, subscribe: open loop',
    results: [
      {
        id: 'P3',
        what: 'accepted/s of a server core ÷ bare ws upgrades/s',
        unit: '×',
        value: ratio,
        must: 0.6,
        aim: 0.75,
        better: 'higher',
      },
    ],
    figures: figuresOf(samples, { what: 'accepted per second of server CPU', unit: '/s' }),
  };
}

function measure(system: System, options: RowOptions): Promise<Sample> {
  const entry = system === 'carillon-quick' ? 'carillon' : system;
  return withLab({ system, entry, profileDir: options.profileDir }, async (lab) => {
    const { server, generator, port, secret } = lab;
    const plan = { system, port, secret, perSecond: PER_SECOND, groups: GROUPS };
    const seconds = options.isQuick ? 1.5 : 4;
    for (let i = 0; i < WARM_UPS; i++) {
      await generator.call('arrive', { ...plan, seconds: 3 });
      await generator.call('dropAll');
      await sleep(QUIET_MS);
    }
    const before = await server.call('vitals');
    const arrived = await generator.call('arrive', { ...plan, seconds });
    const after = await server.call('vitals');
    checkFaults(arrived.faults);
    checkGenerator(arrived.generator);
    if (arrived.accepted < arrived.offered) {
      throw new VoidRun(`${arrived.accepted} of ${arrived.offered} were accepted`);
    }
    const perCpuSecond = (arrived.accepted * 1e6) / (after.cpuUs - before.cpuUs);
    return { value: perCpuSecond, latency: arrived.latency, generator: arrived.generator };
  });
}
