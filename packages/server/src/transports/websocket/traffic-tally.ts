/** Counts frames and connections, and tells the metrics now and then: per frame would cost more than the frame. */
import { DISCONNECTS } from '@carillon/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';

const OWN_CODES: ReadonlySet<number> = new Set(Object.values(DISCONNECTS).map(({ code }) => code));

/** A client may close with any of thousands of codes; a metric has a few. */
export const codeLabel = (code: number): string =>
  code < 1016 || OWN_CODES.has(code) ? String(code) : 'other';

/** Short enough for whoever looks, long enough to cost nothing. */
const REPORT_AFTER_MS = 100;

interface Closed {
  readonly protocol: string;
  readonly code: string;
  amount: number;
}

export class TrafficTally {
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #report = (): void => this.#flush();
  readonly #opened = new Map<string, number>();
  readonly #closed: Closed[] = [];
  #frames = 0;
  #bytes = 0;
  #isScheduled = false;

  constructor(metrics: Metrics, clock: Clock) {
    this.#metrics = metrics;
    this.#clock = clock;
  }

  countFrame(bytes: number): void {
    this.#frames += 1;
    this.#bytes += bytes;
    this.#schedule();
  }

  countOpened(protocol: string): void {
    this.#opened.set(protocol, (this.#opened.get(protocol) ?? 0) + 1);
    this.#schedule();
  }

  countClosed(protocol: string, closeCode: number): void {
    const code = codeLabel(closeCode);
    const same = this.#closed.find((one) => one.protocol === protocol && one.code === code);
    if (same === undefined) this.#closed.push({ protocol, code, amount: 1 });
    else same.amount += 1;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.after(REPORT_AFTER_MS, this.#report);
  }

  #flush(): void {
    this.#isScheduled = false;
    const metrics = this.#metrics;
    if (this.#frames > 0) {
      metrics.count('ws_frames_received_total', this.#frames);
      metrics.count('ws_bytes_received_total', this.#bytes);
    }
    for (const [protocol, amount] of this.#opened) {
      metrics.count('ws_connections_opened_total', amount, { protocol, transport: 'websocket' });
    }
    for (const { protocol, code, amount } of this.#closed) {
      metrics.count('ws_connections_closed_total', amount, { protocol, code });
    }
    this.#frames = 0;
    this.#bytes = 0;
    this.#opened.clear();
    this.#closed.length = 0;
  }
}
