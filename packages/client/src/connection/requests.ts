/**
 * Commands and their answers. A request that comes before there is a connection waits for it; one
 * that was sent and lost its connection is rejected, for nobody knows whether it was carried out.
 */
import { CarillonError, type ClientErrorName } from '../carillon-error.ts';
import type { ClientClock } from '../environment.ts';
import { type Answers, type CommandName, type ServerMessage, encodeCommand } from './wire.ts';

/** `ready`: send; `coming`: wait; `none`: nothing to wait for. */
export type Availability = 'ready' | 'coming' | 'none';

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface Question<N extends CommandName> extends RequestOptions {
  readonly name: N;
  readonly request: object;
  /** Belongs to the making of a connection: is sent at once. */
  readonly isEarly?: boolean;
  /** Called while the frame is read: what follows in it comes after. */
  readonly onAnswer: (answer: Answers[N]) => void;
  readonly onError: (error: CarillonError) => void;
}

export interface Requests {
  readonly ask: <N extends CommandName>(question: Question<N>) => void;
  readonly send: <N extends CommandName>(
    name: N,
    request: object,
    options?: RequestOptions,
  ) => Promise<Answers[N]>;
  readonly settle: (message: ServerMessage) => void;
  /** Sends what has waited. */
  readonly release: () => void;
  /** Rejects what was sent. */
  readonly lose: () => void;
  /** Rejects what waits: there will be no connection. */
  readonly drop: () => void;
}

interface Entry {
  readonly line: string;
  isSent: boolean;
  readonly finish: (message: ServerMessage | ClientErrorName) => void;
}

const clientError = (name: ClientErrorName, cause?: unknown): CarillonError =>
  new CarillonError({
    code: 0,
    name,
    message: name.replace('_', ' '),
    isTemporary: name !== 'aborted',
    cause,
  });

const serverError = ({ error }: ServerMessage): CarillonError =>
  new CarillonError({
    code: error?.code ?? 100,
    message: error?.message ?? 'empty answer',
    isTemporary: error?.temporary === true,
  });

export function createRequests(options: {
  readonly clock: ClientClock;
  readonly timeoutMs: number;
  readonly availability: () => Availability;
  readonly transmit: (line: string) => void;
}): Requests {
  const entries = new Map<number, Entry>();
  let lastId = 0;

  const transmit = (entry: Entry): void => {
    entry.isSent = true;
    options.transmit(entry.line);
  };

  const finishAll = (isSent: boolean, name: ClientErrorName): void => {
    for (const entry of entries.values()) if (entry.isSent === isSent) entry.finish(name);
  };

  const ask = <N extends CommandName>(question: Question<N>): void => {
    const { name, signal, onAnswer, onError } = question;
    const availability = question.isEarly ? 'ready' : options.availability();
    if (signal?.aborted) return onError(clientError('aborted', signal.reason));
    if (availability === 'none') return onError(clientError('not_connected'));
    lastId += 1;
    const id = lastId;
    const abort = (): void => entry.finish('aborted');
    const entry: Entry = {
      line: encodeCommand(id, name, question.request),
      isSent: false,
      finish(message) {
        entries.delete(id);
        cancel();
        signal?.removeEventListener('abort', abort);
        if (typeof message === 'string') return onError(clientError(message, signal?.reason));
        // The server answers a command with its own answer.
        const answer = message[name] as Answers[N] | undefined;
        if (answer) onAnswer(answer);
        else onError(serverError(message));
      },
    };
    const cancel = options.clock.after(question.timeoutMs ?? options.timeoutMs, () =>
      entry.finish(entry.isSent ? 'timeout' : 'not_connected'),
    );
    signal?.addEventListener('abort', abort);
    entries.set(id, entry);
    if (availability === 'ready') transmit(entry);
  };

  return {
    ask,
    send: (name, request, sending = {}) =>
      new Promise((onAnswer, onError) => ask({ ...sending, name, request, onAnswer, onError })),
    settle: (message) => entries.get(message.id ?? 0)?.finish(message),
    release() {
      for (const entry of entries.values()) if (!entry.isSent) transmit(entry);
    },
    lose: () => finishAll(true, 'connection_lost'),
    drop: () => finishAll(false, 'not_connected'),
  };
}
