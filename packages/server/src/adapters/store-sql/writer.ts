/**
 * Owns the database of a store: commits groups, and when the device fails, stops saving until it
 * has shown that it can again.
 *
 *   healthy ──commit failed──▶ failing ──reopened, log restarted, probe saved──▶ healthy
 *                                └──▲ otherwise again, after a pause that doubles up to 2 s
 *
 * While failing, calls that write are refused without touching the disk; reads go on as they can.
 */
import type { Answer, Call } from './calls.ts';
import { commitGroup, connect, readGroup } from './group-commit.ts';
import type { Connection, ContextSettings } from './group-commit.ts';
import { OPERATIONS } from './operations.ts';
import { deviceFailureOf, restartLog } from './sqlite-database.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

export interface WriterOptions {
  readonly path: string;
  readonly settings: ContextSettings;
  /** Once per reason, not per attempt. */
  onFailing(reason: string): void;
  onHealed(afterMs: number): void;
}

interface Failure {
  reason: string;
  readonly since: number;
  pauseMs: number;
  timer: NodeJS.Timeout;
}

export class Writer {
  readonly #options: WriterOptions;
  #connection: Connection | undefined;
  #failure: Failure | undefined;

  /** @throws when the database cannot be opened */
  constructor(options: WriterOptions) {
    this.#options = options;
    this.#connection = connect(options.path);
  }

  /** One answer per call, in their order, after the commit. Never rejects. */
  async answer(calls: readonly Call[]): Promise<readonly Answer[]> {
    if (this.#connection === undefined || this.#failure !== undefined) {
      return this.#answerWithoutSaving(calls);
    }
    try {
      return await commitGroup(this.#connection, calls, this.#options.settings);
    } catch (error) {
      this.#fail(error);
      return this.#answerWithoutSaving(calls);
    }
  }

  close(): void {
    if (this.#failure !== undefined) clearTimeout(this.#failure.timer);
    this.#connection?.database.close();
    this.#connection = undefined;
  }

  async #answerWithoutSaving(calls: readonly Call[]): Promise<readonly Answer[]> {
    const reason = this.#failure?.reason ?? 'closed';
    const connection = this.#connection;
    const answers: Answer[] = [];
    for (const call of calls) {
      if (connection === undefined || OPERATIONS[call.name].durability !== 'none') {
        answers.push(['unavailable', reason]);
      } else {
        answers.push(...(await readGroup(connection, [call], this.#options.settings)));
      }
    }
    return answers;
  }

  #fail(error: unknown): void {
    const reason = reasonOf(error);
    const timer = this.#tryAgainAfter(FIRST_PAUSE_MS);
    this.#failure = { reason, since: performance.now(), pauseMs: FIRST_PAUSE_MS, timer };
    this.#options.onFailing(reason);
  }

  #tryAgainAfter(pauseMs: number): NodeJS.Timeout {
    return setTimeout(() => void this.#heal(), pauseMs);
  }

  async #heal(): Promise<void> {
    const failure = this.#failure;
    if (failure === undefined) return;
    try {
      await this.#reopen();
      this.#failure = undefined;
      this.#options.onHealed(performance.now() - failure.since);
    } catch (error) {
      failure.pauseMs = Math.min(failure.pauseMs * 2, LONGEST_PAUSE_MS);
      failure.timer = this.#tryAgainAfter(failure.pauseMs);
      const reason = reasonOf(error);
      if (reason === failure.reason) return;
      failure.reason = reason;
      this.#options.onFailing(reason);
    }
  }

  async #reopen(): Promise<void> {
    this.#connection?.database.close();
    this.#connection = undefined;
    const connection = connect(this.#options.path);
    this.#connection = connection;
    restartLog(connection.database);
    const probe = { name: 'ping', parameters: [], now: Date.now() } as const;
    await commitGroup(connection, [probe], this.#options.settings);
  }
}

function reasonOf(error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  const failure = deviceFailureOf(error);
  return failure === undefined ? detail : `${failure} (${detail})`;
}
