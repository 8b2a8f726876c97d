/**
 * Questions and answers between the main thread and a worker thread, for starting, supervising and
 * ending it. Publications and calls of the engine have a port of their own (adapters/threads).
 */
import { MessagePort } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import type { MetricsSnapshot } from '../adapters/metrics-prometheus/merge-snapshots.ts';
import { ConfigError } from '../config/load-config.ts';

/** What the main thread asks of a worker thread. */
export interface ThreadTasks {
  /** Builds the application. */
  build(): void;
  /** @param port the one that the first thread was given; 0 for the first one itself */
  listen(port: number): { readonly port: number; readonly url: string };
  reload(): void;
  metrics(): MetricsSnapshot;
  /** Drains and releases everything. */
  close(): void;
}

/** What a worker thread asks of the main thread. */
export interface MainTasks {
  openStorePort(): MessagePort;
  metricsPage(): string;
  /** Rejects while not all threads serve. */
  health(): void;
}

/** Carried out at once or later. */
export type Handlers<Tasks> = {
  readonly [Name in keyof Tasks]: Tasks[Name] extends (...parameters: infer P) => infer R
    ? (...parameters: P) => R | Promise<R>
    : never;
};

type Task<Tasks, Name extends keyof Tasks> = Tasks[Name] extends (...parameters: infer P) => infer R
  ? { parameters: P; result: R }
  : never;

type Message =
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly name: string;
      readonly parameters: readonly unknown[];
    }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'refusal';
      readonly id: number;
      readonly message: string;
      readonly problems?: readonly string[];
    };

/** A worker seen from outside, or `parentPort` seen from inside. */
export interface Wire {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Dialogue<Theirs, Mine> {
  readonly #wire: Wire;
  readonly #handlers: Handlers<Mine>;
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;
  #ended: Error | undefined;

  constructor(wire: Wire, handlers: Handlers<Mine>) {
    this.#wire = wire;
    this.#handlers = handlers;
    // The other side is this very class.
    wire.on('message', (message) => this.#handle(message as Message));
  }

  /** Rejects with what the other side threw; a ConfigError stays one. */
  ask<Name extends keyof Theirs & string>(
    name: Name,
    ...parameters: Task<Theirs, Name>['parameters']
  ): Promise<Task<Theirs, Name>['result']> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#serial += 1;
    const id = this.#serial;
    this.#post({ type: 'ask', id, name, parameters });
    return new Promise((resolve, reject) => {
      // The task of this name answers with the value of this type.
      const settle = (value: unknown): void => resolve(value as Task<Theirs, Name>['result']);
      this.#waiting.set(id, { resolve: settle, reject });
    });
  }

  /** The other side is gone: nothing will be answered. */
  end(reason: Error): void {
    this.#ended = reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  #handle(message: Message): void {
    if (message.type === 'ask') {
      void this.#carryOut(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(errorOf(message));
  }

  async #carryOut({ id, name, parameters }: Extract<Message, { type: 'ask' }>): Promise<void> {
    try {
      const handler: unknown = Reflect.get(this.#handlers, name);
      if (typeof handler !== 'function') throw new Error(`nobody answers "${name}"`);
      const value: unknown = await Reflect.apply(handler, this.#handlers, parameters);
      this.#post({ type: 'answer', id, value }, value instanceof MessagePort ? [value] : []);
    } catch (error) {
      const problems = error instanceof ConfigError ? { problems: error.problems } : {};
      const message = error instanceof Error ? error.message : String(error);
      this.#post({ type: 'refusal', id, message, ...problems });
    }
  }

  #post(message: Message, transfer: readonly Transferable[] = []): void {
    this.#wire.postMessage(message, transfer);
  }
}

const errorOf = ({ message, problems }: Extract<Message, { type: 'refusal' }>): Error =>
  problems === undefined ? new Error(message) : new ConfigError(problems);
