/**
 * One visitor's connection and its log: opens and closes lines, answers pings where that is wanted,
 * and keeps what is needed to write the session down as code.
 */
import { numberOf, parseObject, textOf } from '../../session/json-fields.ts';
import { byteLength, classify } from './frame.ts';
import type { Direction, FrameKind } from './frame.ts';
import { FrameLog } from './frame-log.ts';
import { openLine } from './line.ts';
import type { Line, LineEnd } from './line.ts';
import { planOf } from './connect-plan.ts';
import type { ConnectPlan, Credential, Target } from './connect-plan.ts';
import { parseSseBlock } from './sse-block.ts';

export type SessionStatus = 'idle' | 'connecting' | 'open';

/** What the visitor did, to be written down as code. */
export interface Recording {
  readonly target: Target;
  readonly credential: Credential;
  readonly token?: string;
  readonly sent: readonly string[];
}

export interface SessionState {
  readonly status: SessionStatus;
  readonly recording?: Recording;
  /** For the next native command. */
  readonly nextId: number;
}

const QUIET: FrameKind = { type: 'note', isHeartbeat: false };

export class PlaygroundSession {
  readonly log = new FrameLog();
  readonly #origin: string;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { status: 'idle', nextId: 2 };
  #line: Line | undefined;
  #plan: ConnectPlan | undefined;
  isAnsweringPings = true;

  constructor(origin: string) {
    this.#origin = origin;
  }

  readonly getSnapshot = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** `token` is what a ticket was bought with, so that code can buy one too. */
  connect(target: Target, credential: Credential, token?: string): void {
    this.close();
    const plan = planOf(target, this.#origin, credential);
    this.#plan = plan;
    const recording = { target, credential, sent: [], ...(token === undefined ? {} : { token }) };
    this.#set({ status: 'connecting', recording, nextId: 2 });
    this.#note(`${plan.method === 'POST' ? 'POST ' : ''}${plan.url}`, {
      type: 'connecting',
      isHeartbeat: false,
    });
    if (plan.body !== undefined) this.#record('out', plan.body);
    const line = openLine(plan, {
      onOpen: () => this.#opened(line, plan),
      onFrame: (text, bytes) => {
        if (line === this.#line) this.#received(text, bytes);
      },
      onRefused: (code, body) => {
        this.#note(body, { ...QUIET, outcome: { kind: 'http', code, reason: titleOf(body) } });
      },
      onEnd: (end) => {
        if (line === this.#line) this.#ended(end);
      },
    });
    this.#line = line;
  }

  /** False when there is no open line. */
  send(text: string): boolean {
    if (this.#line?.send(text) !== true) return false;
    this.#record('out', text);
    const { recording, nextId } = this.#state;
    const id = numberOf(parseObject(text) ?? {}, 'id') ?? 0;
    this.#set({
      ...this.#state,
      nextId: Math.max(nextId, id + 1),
      ...(recording === undefined
        ? {}
        : { recording: { ...recording, sent: [...recording.sent, text] } }),
    });
    return true;
  }

  close(): void {
    this.#line?.close();
  }

  #opened(line: Line, plan: ConnectPlan): void {
    if (line !== this.#line) {
      line.close();
      return;
    }
    this.#note('', { type: 'open', isHeartbeat: false });
    this.#set({ ...this.#state, status: 'open' });
    if (plan.firstMessage === undefined) return;
    line.send(plan.firstMessage);
    this.#record('out', plan.firstMessage);
  }

  #received(text: string, bytes?: number): void {
    const kind = this.#record('in', text, bytes);
    if (!this.isAnsweringPings || kind.type !== 'ping' || this.#plan === undefined) return;
    const pong = pongFor(text, this.#plan);
    if (pong !== undefined && this.#line?.send(pong) === true) this.#record('out', pong);
  }

  #ended(end: LineEnd): void {
    this.#line = undefined;
    this.#set({ ...this.#state, status: 'idle' });
    if (end.kind === 'close') {
      const { code, reason } = end;
      this.#note(reason, {
        type: 'closed',
        isHeartbeat: false,
        outcome: { kind: 'close', code, reason },
      });
    } else if (end.kind === 'http') {
      const outcome = { kind: 'http', code: end.status, reason: titleOf(end.body) } as const;
      this.#note(end.body, { type: 'refused', isHeartbeat: false, outcome });
    } else {
      this.#note('', { type: end.kind, isHeartbeat: false });
    }
    this.log.flush();
  }

  #record(direction: Direction, text: string, bytes = byteLength(text)): FrameKind {
    const plan = this.#plan;
    const kind =
      plan === undefined
        ? QUIET
        : classify(text, { ...plan, family: plan.endpoint.family, direction });
    this.log.add({ atMs: Date.now(), direction, text, bytes, ...kind });
    return kind;
  }

  #note(text: string, kind: FrameKind): void {
    this.log.add({ atMs: Date.now(), direction: 'note', text, bytes: 0, ...kind });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The protocols' own pongs; one-way lines and protocol pings need none. */
function pongFor(text: string, { endpoint, transport }: ConnectPlan): string | undefined {
  if (endpoint.family === 'uni') return undefined;
  if (endpoint.family !== 'native') return JSON.stringify({ type: 'pong' });
  const payload = transport === 'sse' ? parseSseBlock(text).data : text;
  return payload === '{}' ? '{}' : undefined;
}

/** Refusals are problem documents (RFC 9457). */
const titleOf = (body: string): string => {
  const problem = parseObject(body) ?? {};
  return textOf(problem, 'detail') ?? textOf(problem, 'title') ?? '';
};
