/**
 * The engine's half in a worker thread: calls to the main thread, a batch per turn, and what comes
 * back. Its parts (thread-parts.ts) know no messages.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ChannelEvent } from '@carillon/protocol';
import type { BrokerHandler } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlHandler } from '../../ports/control-bus.ts';
import type { Logger } from '../../ports/logger.ts';
import { UNANSWERED } from './messages.ts';
import type {
  Answer,
  ArgumentsOf,
  Call,
  OperationName,
  Run,
  ToHost,
  ToWorker,
  ValueOf,
} from './messages.ts';

export interface EngineClientOptions {
  readonly clock: Pick<Clock, 'defer' | 'monotonic'>;
  readonly logger: Logger;
  /** More calls than this without an answer are refused at once. */
  readonly maxWaiting: number;
}

import { PreparedFrames } from './prepared-frames.ts';
import { publicationOver } from './shared-frame.ts';

/** What was taken is told with the next calls, or by itself when it comes to this much. */
const TELL_TAKEN_WEIGHT = 1024 * 1024;

/** After something was missed: so long the core checks positions, which takes it a few seconds. */
const DOUBT_MS = 60_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class EngineClient {
  readonly #port: MessagePort;
  readonly #options: EngineClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  #calls: Call[] = [];
  #takenWeight = 0;
  #serial = UNANSWERED;
  #isScheduled = false;
  #isClosed = false;
  /** Monotonic ms. */
  #missedAtMs = Number.NEGATIVE_INFINITY;
  readonly prepared = new PreparedFrames();
  brokerHandler: BrokerHandler | undefined;
  controlHandler: ControlHandler | undefined;

  constructor(port: MessagePort, options: EngineClientOptions) {
    this.#port = port;
    this.#options = options;
    port.on('message', (batch: ToWorker) => this.#take(batch));
    port.on('close', () => this.#handleClosed());
  }

  /** Publications may have passed this thread by that no later one betrays. */
  get isInDoubt(): boolean {
    return this.#options.clock.monotonic() - this.#missedAtMs < DOUBT_MS;
  }

  /** Rejects when the main thread failed at it, is gone, or is too busy. */
  call<Name extends OperationName>(
    name: Name,
    ...parameters: ArgumentsOf<Name>
  ): Promise<ValueOf<Name>> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(new Error(refusal));
    this.#serial += 1;
    const id = this.#serial;
    this.#queue([id, name, parameters]);
    return new Promise<ValueOf<Name>>((resolve, reject) => {
      // The main thread answers the call of this name with the value of this operation.
      this.#waiting.set(id, { resolve: (value) => resolve(value as ValueOf<Name>), reject });
    });
  }

  /** A call that nobody waits for. */
  tell<Name extends OperationName>(name: Name, ...parameters: ArgumentsOf<Name>): void {
    if (!this.#isClosed) this.#queue([UNANSWERED, name, parameters]);
  }

  close(): void {
    this.#send();
    this.#port.close();
    this.#handleClosed();
  }

  #refusal(): string | undefined {
    if (this.#isClosed) return 'the main thread is gone';
    if (this.#waiting.size < this.#options.maxWaiting) return undefined;
    return `the main thread is too busy: ${this.#waiting.size} calls are waiting`;
  }

  #queue(call: Call): void {
    this.#calls.push(call);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.defer(() => this.#send());
  }

  #send(): void {
    this.#isScheduled = false;
    if (this.#isClosed || (this.#calls.length === 0 && this.#takenWeight === 0)) return;
    const batch: ToHost = { calls: this.#calls, takenWeight: this.#takenWeight };
    this.#calls = [];
    this.#takenWeight = 0;
    this.#port.postMessage(batch);
  }

  #take({ runs, commands, surveys, answers, weight, hasMissed }: ToWorker): void {
    for (const run of runs) this.#deliver(run);
    if (hasMissed) this.#handleMissed();
    for (const command of commands) this.controlHandler?.handleCommand(command);
    for (const [id, question] of surveys) {
      const answer =
        question.type === 'emulation'
          ? this.controlHandler?.handleRequest?.(question)
          : this.controlHandler?.handleSurvey(question);
      if (answer !== undefined) this.tell('answerSurvey', id, answer);
    }
    for (const answer of answers) this.#settle(answer);
    this.#takenWeight += weight;
    if (this.#takenWeight >= TELL_TAKEN_WEIGHT) this.#schedule();
  }

  #handleMissed(): void {
    this.#missedAtMs = this.#options.clock.monotonic();
    this.brokerHandler?.handleReconnected?.();
  }

  #deliver({ channel, epoch, events, shared }: Run): void {
    const [first] = events;
    if (shared !== undefined && first?.type === 'publication') {
      const event: ChannelEvent = {
        type: 'publication',
        publication: publicationOver(shared, first.publication),
      };
      this.prepared.keep(event, shared.frame);
      this.brokerHandler?.handleEvent(channel, event, epoch);
      return;
    }
    for (const event of events) this.brokerHandler?.handleEvent(channel, event, epoch);
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer[0]);
    if (waiting === undefined) return;
    this.#waiting.delete(answer[0]);
    if (answer[1] === 'done') waiting.resolve(answer[2]);
    else waiting.reject(new Error(answer[2]));
  }

  #handleClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#waiting.size > 0) {
      this.#options.logger.debug({ calls: this.#waiting.size }, 'calls ended with the main thread');
    }
    const gone = new Error('the main thread is gone');
    for (const { reject } of this.#waiting.values()) reject(gone);
    this.#waiting.clear();
  }
}
