/** Rounds of alternating systems: A B C, then C B A, so that a drift of the machine hits all alike. */
import type { GeneratorVitals } from '../load/calls.ts';
import type { System } from '../load/dialects.ts';
import { summarizeLatencies } from '../load/latency.ts';
import { spreadOf } from '../stats.ts';
import { untilValid } from './lab.ts';
import type { Figure } from './row.ts';

export interface Sample {
  readonly value: number;
  readonly latency?: string;
  readonly generator?: GeneratorVitals;
}

export type Samples = ReadonlyMap<System, readonly Sample[]>;

export async function alternate<T>(
  plan: { systems: readonly System[]; rounds: number; title: string },
  measure: (system: System) => Promise<T>,
): Promise<ReadonlyMap<System, readonly T[]>> {
  const all = new Map<System, T[]>(plan.systems.map((system) => [system, []]));
  for (let round = 0; round < plan.rounds; round++) {
    const order = round % 2 === 0 ? plan.systems : plan.systems.toReversed();
    for (const system of order) {
      const what = `${plan.title}, round ${round + 1}, ${system}`;
      const sample = await untilValid(what, () => measure(system));
      all.get(system)?.push(sample);
    }
  }
  return all;
}

export const valuesOf = (samples: Samples, system: System): readonly number[] =>
  (samples.get(system) ?? []).map(({ value }) => value);

export function figuresOf(samples: Samples, label: { what: string; unit: string }): Figure[] {
  return [...samples].map(([system, list]) => {
    const encoded = list.flatMap(({ latency }) => latency ?? []);
    const generators = list.flatMap(({ generator }) => generator ?? []);
    return {
      system,
      ...label,
      value: spreadOf(list.map(({ value }) => value)),
      ...(encoded.length === 0 ? {} : { latency: summarizeLatencies(encoded) }),
      ...(generators.length === 0 ? {} : { generator: busiest(generators) }),
    };
  });
}

const busiest = (vitals: readonly GeneratorVitals[]) => ({
  cpuShare: Math.max(...vitals.map(({ cpuShare }) => cpuShare)),
  loopP99Ms: Math.max(...vitals.map(({ loop }) => loop.p99Ms)),
});
