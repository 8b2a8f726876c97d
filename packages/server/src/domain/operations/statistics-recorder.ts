/**
 * This node's figures of the last ten minutes, one sample a second. Listens in on the counters that
 * the metrics have anyway (hot paths add those up by the tick), so a delivery costs nothing more.
 */
import type { StatisticsSample } from '../../ports/cluster-overview.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { NodeFigures } from '../../ports/server-api.ts';
import { LatencyCounts } from './latency-buckets.ts';

export interface StatisticsRecorder {
  /** Passes everything on to the metrics it was made with, and keeps what it needs. */
  readonly metrics: Metrics;
  /** Oldest first; after this second, or all that are kept. */
  samples(since?: number): readonly StatisticsSample[];
  /** One sample at the end of each second. */
  start(figures: () => NodeFigures): void;
  stop(): void;
}

export const KEPT_SECONDS = 600;
/** A timer that is called a little early must not fall into the second before. */
const AFTER_THE_SECOND_MS = 5;

export function createStatisticsRecorder(deps: {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly metrics: Metrics;
}): StatisticsRecorder {
  const counts = { received: 0, sent: 0, pushed: 0, pushFailed: 0 };
  const latency = new LatencyCounts();
  return new Recorder(deps.clock, listeningIn(deps.metrics, counts, latency), () => {
    const taken = { ...counts, latency: latency.take() };
    Object.assign(counts, { received: 0, sent: 0, pushed: 0, pushFailed: 0 });
    return taken;
  });
}

type Counts = Pick<StatisticsSample, 'received' | 'sent' | 'pushed' | 'pushFailed' | 'latency'>;

/** Three comparisons for a call that comes once a tick. */
function listeningIn(
  metrics: Metrics,
  counts: { received: number; sent: number; pushed: number; pushFailed: number },
  latency: LatencyCounts,
): Metrics {
  return {
    ...metrics,
    count(name, amount, labels) {
      if (name === 'ws_messages_sent_total') counts.sent += amount;
      else if (name === 'ws_frames_received_total') counts.received += amount;
      else if (name === 'push_total') {
        if (labels?.['result'] === 'delivered') counts.pushed += amount;
        else counts.pushFailed += amount;
      }
      metrics.count(name, amount, labels);
    },
    observe(name, seconds, labels) {
      if (name === 'broadcast_seconds') latency.add(seconds * 1_000);
      metrics.observe(name, seconds, labels);
    },
  };
}

class Recorder implements StatisticsRecorder {
  readonly metrics: Metrics;
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #takeCounts: () => Counts;
  /** A ring: the next sample replaces the oldest one. */
  readonly #ring: StatisticsSample[] = [];
  #next = 0;
  #lastSecond = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'now' | 'after'>, metrics: Metrics, takeCounts: () => Counts) {
    this.#clock = clock;
    this.metrics = metrics;
    this.#takeCounts = takeCounts;
  }

  start(figures: () => NodeFigures): void {
    this.#lastSecond = this.#second();
    this.#schedule(figures);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  samples(since = 0): readonly StatisticsSample[] {
    const inOrder = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return inOrder.filter(({ second }) => second > since);
  }

  #schedule(figures: () => NodeFigures): void {
    const delayMs = 1_000 - (this.#clock.now() % 1_000) + AFTER_THE_SECOND_MS;
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#sample(figures);
      this.#schedule(figures);
    });
  }

  #sample(figures: () => NodeFigures): void {
    const second = this.#second();
    // The wall clock was set back: what was kept would lie in the future.
    if (second < this.#lastSecond) this.#ring.length = this.#next = 0;
    // What came meanwhile counts with the next second.
    if (second === this.#lastSecond) return;
    this.#lastSecond = second;
    const { connections, users } = figures();
    this.#ring[this.#next] = { second, connections, users, ...this.#takeCounts() };
    this.#next = (this.#next + 1) % KEPT_SECONDS;
  }

  #second(): number {
    return Math.floor(this.#clock.now() / 1_000);
  }
}
