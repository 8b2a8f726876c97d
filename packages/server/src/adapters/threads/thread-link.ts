/**
 * One worker thread, seen from the main thread: carries out its calls, gathers what it is to be
 * told, and forgets everything of it when it ends.
 *
 * What is on its way to a thread is bounded. One that takes nothing for too long is not told of
 * further events until it has caught up, and then that it has missed some: its core finds them in
 * the history.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ControlCommand } from '../../ports/control-bus.ts';
import type { RunReceiver } from './fan-out.ts';
import { UNANSWERED } from './messages.ts';
import type { Answer, Call, HostOperations, Run, ToHost, ToWorker } from './messages.ts';
import type { Question, Respondent } from './survey-desk.ts';

/** Each may answer at once or later. */
export type HostCalls = {
  readonly [Name in keyof HostOperations]: (
    ...parameters: Parameters<HostOperations[Name]>
  ) => ReturnType<HostOperations[Name]> | Promise<ReturnType<HostOperations[Name]>>;
};

export interface ThreadLinkOptions {
  readonly port: MessagePort;
  /** More than this on the way: no further events. */
  readonly maxWeight: number;
  /** Asks for a `flush` at the end of the turn. */
  schedule(link: ThreadLink): void;
  handleBehind(isBehind: boolean): void;
  handleClosed(link: ThreadLink): void;
}

export class ThreadLink implements RunReceiver, Respondent {
  readonly #options: ThreadLinkOptions;
  #calls: HostCalls | undefined;
  #runs: Run[] = [];
  #commands: ControlCommand[] = [];
  #surveys: (readonly [number, Question])[] = [];
  #answers: Answer[] = [];
  #weight = 0;
  /** Sent and not taken yet. */
  #underway = 0;
  #isBehind = false;
  #isScheduled = false;

  constructor(options: ThreadLinkOptions) {
    this.#options = options;
  }

  start(calls: HostCalls): void {
    this.#calls = calls;
    const { port } = this.#options;
    port.on('message', (message: ToHost) => this.#handleMessage(message));
    port.on('close', () => this.#options.handleClosed(this));
  }

  addRun(run: Run, weight: number): void {
    if (this.#isBehind) return;
    if (this.#underway + this.#weight > this.#options.maxWeight) {
      this.#setBehind(true);
      return;
    }
    this.#runs.push(run);
    this.#weight += weight;
    this.#schedule();
  }

  command(command: ControlCommand): void {
    this.#commands.push(command);
    this.#schedule();
  }

  ask(survey: number, question: Question): void {
    this.#surveys.push([survey, question]);
    this.#schedule();
  }

  flush(): void {
    this.#isScheduled = false;
    const hasMissed = this.#isBehind && this.#underway <= this.#options.maxWeight / 2;
    if (hasMissed) this.#setBehind(false);
    const batch: ToWorker = {
      runs: this.#runs,
      commands: this.#commands,
      surveys: this.#surveys,
      answers: this.#answers,
      weight: this.#weight,
      hasMissed,
    };
    this.#underway += this.#weight;
    this.#runs = [];
    this.#commands = [];
    this.#surveys = [];
    this.#answers = [];
    this.#weight = 0;
    this.#options.port.postMessage(batch);
  }

  close(): void {
    this.#options.port.close();
  }

  #handleMessage({ calls, takenWeight }: ToHost): void {
    this.#underway -= takenWeight;
    if (this.#isBehind && this.#underway <= this.#options.maxWeight / 2) this.#schedule();
    for (const call of calls) this.#carryOut(call);
  }

  #carryOut([id, name, parameters]: Call): void {
    const operation = this.#calls?.[name];
    if (operation === undefined) return;
    try {
      // The other side is engine-client.ts, whose types pair names with parameters.
      const value: unknown = Reflect.apply(operation, undefined, parameters);
      if (!(value instanceof Promise)) this.#answer([id, 'done', value]);
      else value.then((later) => this.#answer([id, 'done', later]), this.#failure(id));
    } catch (error) {
      this.#failure(id)(error);
    }
  }

  #failure(id: number): (error: unknown) => void {
    return (error) =>
      this.#answer([id, 'failed', error instanceof Error ? error.message : String(error)]);
  }

  #answer(answer: Answer): void {
    if (answer[0] === UNANSWERED) return;
    this.#answers.push(answer);
    this.#schedule();
  }

  #setBehind(isBehind: boolean): void {
    this.#isBehind = isBehind;
    this.#options.handleBehind(isBehind);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.schedule(this);
  }
}
