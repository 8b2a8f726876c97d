/**
 * One voice for a broker that fails: while it is away every publication and subscription would
 * write a line of its own, and bury what else the log has to say.
 */
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

const QUIET_MS = 1_000;

export class FailureLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** When each message was written last, and how often it was not since. */
  readonly #written = new Map<string, { atMs: number; suppressed: number }>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** At most once a second per message; the next line says how many were left out. */
  write(level: 'warn' | 'error', fields: object, message: string): void {
    const nowMs = this.#clock.monotonic();
    const last = this.#written.get(message);
    if (last !== undefined && nowMs - last.atMs < QUIET_MS) {
      last.suppressed += 1;
      return;
    }
    const suppressed = last?.suppressed ?? 0;
    this.#written.set(message, { atMs: nowMs, suppressed: 0 });
    this.#logger[level](suppressed === 0 ? fields : { ...fields, suppressed }, message);
  }
}
