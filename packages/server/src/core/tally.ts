/** Sums of one tick, handed to the metrics once: a counter call per delivery would cost more than the delivery. */
import type { Metrics } from '../ports/metrics.ts';

export class Tally {
  readonly #metrics: Metrics;
  /** Publications × connections. */
  deliveries = 0;
  /** A connection's own messages: replies, pushes, system texts, heartbeats. */
  messages = 0;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  report(): void {
    if (this.deliveries > 0) this.#metrics.count('ws_deliveries_total', this.deliveries);
    if (this.messages > 0) this.#metrics.count('ws_messages_sent_total', this.messages);
    this.deliveries = 0;
    this.messages = 0;
  }
}
