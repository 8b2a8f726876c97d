/**
 * Calls on their way to the store's thread, and who waits for their answers. Everything asked for
 * in one turn goes over in one message; the thread answers in the order of the calls.
 */
import type { Clock } from '../../ports/clock.ts';
import { StoreUnavailableError } from '../../ports/store.ts';
import type { Answer, Call, ToWorker } from './calls.ts';
import type { ArgumentsOf, OperationName, ValueOf } from './operations.ts';

export interface CallQueueOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Operations waiting for an answer before further ones are refused as too busy. */
  readonly maxInFlight: number;
  /** The thread, or a port to it; undefined while there is none. */
  target(): { postMessage(message: ToWorker): void } | undefined;
  isClosed(): boolean;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class CallQueue {
  readonly #options: CallQueueOptions;
  /** Calls not answered yet, oldest first; those at the end may still be in #unsent. */
  #waiting: Waiting[] = [];
  #unsent: Call[] = [];

  constructor(options: CallQueueOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Resolves after the commit. Rejects with StoreUnavailableError when nothing was saved. */
  call<Name extends OperationName>(
    name: Name,
    parameters: ArgumentsOf<Name>,
  ): Promise<ValueOf<Name>> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(new StoreUnavailableError(refusal));
    if (this.#unsent.length === 0) setImmediate(() => this.send());
    this.#unsent.push({ name, parameters, now: Math.floor(this.#options.clock.now()) });
    return new Promise<ValueOf<Name>>((resolve, reject) => {
      // The thread answers the call of this name with the value of this operation.
      this.#waiting.push({ resolve: (value) => resolve(value as ValueOf<Name>), reject });
    });
  }

  send(): void {
    if (this.#unsent.length === 0) return;
    const calls = this.#unsent;
    this.#unsent = [];
    try {
      this.#options.target()?.postMessage({ type: 'calls', calls });
    } catch (error) {
      // A parameter that cannot be cloned is the caller's bug; answers must go on matching calls.
      for (const { reject } of this.#waiting.splice(-calls.length)) reject(asError(error));
    }
  }

  handleAnswers(answers: readonly Answer[]): void {
    const asked = this.#waiting.splice(0, answers.length);
    for (const [index, waiting] of asked.entries()) {
      const answer = answers[index];
      if (answer?.[0] === 'done') waiting.resolve(answer[1]);
      else waiting.reject(errorOf(answer));
    }
  }

  /** The thread is gone: nothing of what waits was acknowledged. */
  fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#unsent = [];
    for (const { reject } of waiting) reject(error);
  }

  #refusal(): string | undefined {
    if (this.#options.isClosed()) return 'the store is closed';
    if (this.#options.target() === undefined) return 'the thread of the store is being restarted';
    if (this.#waiting.length < this.#options.maxInFlight) return undefined;
    return `the store is too busy: ${this.#waiting.length} operations are waiting`;
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

function errorOf(answer: Answer | undefined): Error {
  if (answer?.[0] === 'unavailable') return new StoreUnavailableError(answer[1]);
  const error = new Error(answer?.[0] === 'failed' ? answer[1] : 'the store gave no answer');
  if (answer?.[0] === 'failed' && answer[2] !== undefined) error.stack = answer[2];
  return error;
}
