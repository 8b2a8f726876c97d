/** Sums of one tick, handed to the metrics once: a counter call per delivery would cost more than the delivery. */
import type { Metrics } from '../ports/metrics.ts';

export class Tally {
  readonly #metrics: Metrics;
  /** Publications × connections. */
  deliveries = 0;
  /** A connection's own messages: replies, pushes, system texts, heartbeats. */
  messages = 0;
  bytes = 0;
  /** Runs that a `latest` channel dropped for somebody slow. */
  dropped = 0;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  report(): void {
    const { deliveries, messages, bytes, dropped } = this;
    if (deliveries > 0) this.#metrics.count('ws_deliveries_total', deliveries);
    if (messages + deliveries > 0) {
      this.#metrics.count('ws_messages_sent_total', messages + deliveries);
    }
    if (bytes > 0) this.#metrics.count('ws_bytes_sent_total', bytes);
    if (dropped > 0) this.#metrics.count('ws_slow_consumers_total', dropped, { policy: 'latest' });
    this.deliveries = 0;
    this.messages = 0;
    this.bytes = 0;
    this.dropped = 0;
  }
}
