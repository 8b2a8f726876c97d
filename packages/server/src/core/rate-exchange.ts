/**
 * Makes per-user rates hold across the cluster: a few times a second, and only while somebody
 * takes, it tells the other nodes what was taken here and takes from the buckets here what was
 * taken there. Nobody waits for it; while the engine is away each node decides alone.
 */
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { SharedRates } from '../ports/shared-rates.ts';
import type { KeyedRateLimit } from './rate-limit.ts';
import { WheelEntry } from './timer-wheel.ts';
import type { TimerWheel } from './timer-wheel.ts';

export interface RateExchangeOptions {
  readonly rates: SharedRates;
  /** By the first part of their buckets' names. */
  readonly limits: Readonly<Record<string, KeyedRateLimit>>;
  readonly intervalMs: number;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class RateExchange extends WheelEntry {
  readonly #options: RateExchangeOptions;
  #isExchanging = false;

  constructor(options: RateExchangeOptions) {
    super();
    this.#options = options;
    for (const limit of Object.values(options.limits)) limit.watch(() => this.#schedule());
  }

  handleTimer(): void {
    this.#isExchanging = true;
    this.#exchange()
      .catch((error: unknown) => {
        this.#options.logger.debug({ err: error }, 'rates could not be shared');
      })
      .finally(() => {
        this.#isExchanging = false;
        const { limits } = this.#options;
        if (Object.values(limits).some(({ hasUntold }) => hasUntold)) this.#schedule();
      });
  }

  #schedule(): void {
    if (this.#isExchanging || this.dueTick >= 0) return;
    this.#options.wheel.schedule(this, this.#options.intervalMs);
  }

  async #exchange(): Promise<void> {
    const { rates, limits, clock } = this.#options;
    const spent = new Map<string, number>();
    for (const [name, limit] of Object.entries(limits)) {
      for (const [key, count] of limit.takeUntold()) spent.set(`${name}:${key}`, count);
    }
    if (spent.size === 0) return;
    const taken = await rates.exchange(spent);
    const nowMs = clock.monotonic();
    for (const [bucket, count] of taken) {
      const at = bucket.indexOf(':');
      if (count > 0) limits[bucket.slice(0, at)]?.charge(bucket.slice(at + 1), nowMs, count);
    }
  }
}
