/**
 * What nodes take from shared rate limits, told to all over one subject of core NATS. What the
 * others took is added up here until this node asks for that bucket, or nobody took any for a while.
 */
import type { Clock } from '../../ports/clock.ts';
import type { SharedRates } from '../../ports/shared-rates.ts';
import type { NatsLimits } from './nats-engine-options.ts';
import type { NatsLink } from './nats-link.ts';

export interface SharedRatesDependencies {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly limits: NatsLimits;
}

interface Spending {
  readonly from: string;
  readonly spent: readonly (readonly [bucket: string, count: number])[];
}

interface Taken {
  count: number;
  /** Monotonic ms. */
  atMs: number;
}

const MAX_BUCKETS = 200_000;
const BUCKETS_PER_MESSAGE = 2_000;

export interface NatsSharedRates extends SharedRates {
  close(): void;
}

export function createNatsSharedRates(dependencies: SharedRatesDependencies): NatsSharedRates {
  const { link, prefix, nodeId, clock } = dependencies;
  const { forgetRatesAfterMs } = dependencies.limits;
  const subject = `${prefix}.rates`;
  /** Least recently told first. */
  const byOthers = new Map<string, Taken>();

  function forgetOld(): void {
    for (const [bucket, { atMs }] of byOthers) {
      if (byOthers.size <= MAX_BUCKETS && clock.monotonic() - atMs < forgetRatesAfterMs) return;
      byOthers.delete(bucket);
    }
  }

  const end = link.subscribe(subject, (message) => {
    const { from, spent } = message.json<Spending>();
    if (from === nodeId) return;
    const atMs = clock.monotonic();
    for (const [bucket, count] of spent) {
      const before = byOthers.get(bucket)?.count ?? 0;
      byOthers.delete(bucket);
      byOthers.set(bucket, { count: before + count, atMs });
    }
    forgetOld();
  });

  return {
    async exchange(spent) {
      const taken = [...spent].filter(([, count]) => count > 0);
      for (let index = 0; index < taken.length; index += BUCKETS_PER_MESSAGE) {
        const spending: Spending = {
          from: nodeId,
          spent: taken.slice(index, index + BUCKETS_PER_MESSAGE),
        };
        link.publish(subject, JSON.stringify(spending));
      }
      // Whatever NATS had before this answer has come in before it.
      await link.flushed();
      forgetOld();
      const answer = new Map<string, number>();
      for (const bucket of spent.keys()) {
        const others = byOthers.get(bucket);
        if (others === undefined) continue;
        answer.set(bucket, others.count);
        byOthers.delete(bucket);
      }
      return answer;
    },
    close: end,
  };
}
