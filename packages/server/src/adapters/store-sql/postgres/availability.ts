/** Whether the database answers, told to the log when it changes: not once per failed call. */
import type { Logger } from '../../../ports/logger.ts';

export class Availability {
  readonly #logger: Logger;
  #failure: { reason: string; readonly since: number } | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  failed(reason: string): void {
    if (this.#failure?.reason === reason) return;
    this.#failure = { reason, since: this.#failure?.since ?? performance.now() };
    this.#logger.error({ reason }, 'the database cannot save');
  }

  worked(): void {
    if (this.#failure === undefined) return;
    const afterMs = Math.round(performance.now() - this.#failure.since);
    this.#failure = undefined;
    this.#logger.info({ afterMs }, 'the database saves again');
  }
}
