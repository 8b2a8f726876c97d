/** P5: clients of the SDK that lose their network again and again, while publishing goes on. */
import { summarizeLatencies } from '../load/latency.ts';
import { spreadOf } from '../stats.ts';
import { checkGenerator, untilValid, VoidRun, withLab } from './lab.ts';
import { figuresOf, type Sample } from './rounds.ts';
import type { RowOptions, RowReport } from './row.ts';

const CLIENTS = 200;
const GROUPS = 20;
const EVERY_MS = 15_000;
const AWAY_MS = 2000;
/** Each channel gets 20 a second: 40 are missed each time, of 100 that history keeps. */
const PACE = { perTick: GROUPS, intervalMs: 50, groups: GROUPS, messageBytes: 200 };

interface JitterSample extends Sample {
  readonly onceShare: number;
}

export async function jitter(options: RowOptions): Promise<RowReport> {
  const samples: JitterSample[] = [];
  const rounds = Math.min(options.rounds, 3);
  for (let round = 1; round <= rounds; round++) {
    samples.push(await untilValid(`P5 jitter, round ${round}`, () => measure(options)));
  }
  return {
    row: 'P5',
    title: `Jitter: ${CLIENTS} SDK clients, each cut every 15 s or so and offline for 2 s`,
    results: [
      {
        id: 'P5',
        what: 'deliveries seen exactly once and in order',
        unit: '%',
        value: spreadOf(samples.map(({ onceShare }) => onceShare * 100)),
        must: 100,
        aim: 100,
        better: 'higher',
      },
      {
        id: 'P5',
        what: 'replay of what was missed after a reconnect, p99',
        unit: 's',
        value: spreadOf(samples.map(({ value }) => value)),
        must: 2.5,
        aim: 1,
        better: 'lower',
      },
    ],
    figures: figuresOf(new Map([['carillon', samples]]), {
      what: 'replay of what was missed, p99',
      unit: 's',
    }),
  };
}

function measure(options: RowOptions): Promise<JitterSample> {
  const seconds = options.isQuick ? 10 : 45;
  const ticks = Math.round((seconds * 1000) / PACE.intervalMs);
  const lab = { system: 'carillon', profileDir: options.profileDir } as const;
  return withLab(lab, async ({ server, generator, port, secret }) => {
    const plan = {
      port,
      secret,
      clients: CLIENTS,
      groups: GROUPS,
      everyMs: options.isQuick ? EVERY_MS / 3 : EVERY_MS,
      awayMs: AWAY_MS,
      seconds,
      perClient: ticks,
    };
    await generator.call('gatherJitter', plan);
    const [jittered] = await Promise.all([
      generator.call('runJitter'),
      server.call('publish', { ...PACE, ticks }),
    ]);
    const { faults, expected, received, cuts, replay, generator: vitals } = jittered;
    if (cuts < CLIENTS) throw new VoidRun(`only ${cuts} cuts`);
    checkGenerator(vitals);
    if ((await server.call('vitals')).failures > 0) throw new VoidRun('a publish failed');
    for (const fault of faults) console.error(`  ${fault}`);
    // A fault is a delivery that was not as it should be, whatever the sums say.
    const wrong = Math.abs(expected - received) + faults.length;
    return {
      value: summarizeLatencies([replay]).p99Ms / 1000,
      latency: replay,
      generator: vitals,
      onceShare: Math.max(0, 1 - wrong / expected),
    };
  });
}
