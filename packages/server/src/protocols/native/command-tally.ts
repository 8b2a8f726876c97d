/** Counts commands and errors, and tells the metrics now and then: per command would cost more than the command. */
import { ERRORS, type CommandName, type ErrorName } from '@carillon/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';

/** Short enough for whoever looks, long enough to cost nothing. */
const REPORT_AFTER_MS = 100;

export class CommandTally {
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #report = (): void => this.#flush();
  readonly #commands = new Map<CommandName, number>();
  readonly #errors = new Map<ErrorName, number>();
  #isScheduled = false;

  constructor(metrics: Metrics, clock: Clock) {
    this.#metrics = metrics;
    this.#clock = clock;
  }

  countCommand(name: CommandName): void {
    this.#commands.set(name, (this.#commands.get(name) ?? 0) + 1);
    this.#schedule();
  }

  countError(error: ErrorName): void {
    this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.after(REPORT_AFTER_MS, this.#report);
  }

  #flush(): void {
    this.#isScheduled = false;
    for (const [method, amount] of this.#commands) {
      this.#metrics.count('ws_commands_total', amount, { method });
    }
    for (const [error, amount] of this.#errors) {
      this.#metrics.count('ws_errors_total', amount, { code: String(ERRORS[error].code) });
    }
    this.#commands.clear();
    this.#errors.clear();
  }
}
