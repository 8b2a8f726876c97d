/**
 * A plain WebSocket that comes back by itself. Owns the browser's socket and timers; every decision
 * is made in connection-state.ts. It knows nothing of what the frames mean.
 */
import { connectionSettings } from './connection-settings.ts';
import { IDLE, transition } from './connection-state.ts';
import type { CloseReason, ConnectionEvent, ConnectionState } from './connection-state.ts';

/** Where to connect to, or why not: `refused` is final, `unreachable` is tried again. */
export type Address =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly reason: 'refused' | 'unreachable' };

export interface SocketOptions {
  /** Asked before every attempt, because tickets work once. */
  readonly address: () => Promise<Address>;
  readonly onFrame: (text: string) => void;
  /** No frame for so long means the line is dead, whatever the browser believes. */
  readonly maxSilenceMs: () => number;
}

const UNREACHABLE: CloseReason = { code: 1006, reason: '' };
const REFUSED: CloseReason = { code: 1008, reason: 'Unauthorized' };
const SILENT: CloseReason = { code: 1006, reason: 'silence' };

export class ReconnectingSocket {
  readonly #options: SocketOptions;
  readonly #listeners = new Set<() => void>();
  #state: ConnectionState = IDLE;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with every attempt, so that an address that arrives late is thrown away. */
  #round = 0;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  readonly getSnapshot = (): ConnectionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  connect(): void {
    globalThis.addEventListener('online', this.#retry);
    document.addEventListener('visibilitychange', this.#retryWhenVisible);
    this.#handle({ type: 'connect' });
  }

  disconnect(): void {
    globalThis.removeEventListener('online', this.#retry);
    document.removeEventListener('visibilitychange', this.#retryWhenVisible);
    this.#handle({ type: 'disconnect' });
  }

  /** Somebody asks for it: at once, and also where it had been given up. */
  retryNow(): void {
    this.#handle({ type: this.#state.status === 'closed' ? 'connect' : 'retry' });
  }

  /** False when the connection is not open; nothing is kept. */
  send(frame: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  readonly #retry = (): void => this.#handle({ type: 'retry' });

  readonly #retryWhenVisible = (): void => {
    if (document.visibilityState === 'visible') this.#retry();
  };

  #handle(event: ConnectionEvent): void {
    const [state, effects] = transition(this.#state, event);
    const hasChanged = state !== this.#state;
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'dial') void this.#dial();
      else if (effect.type === 'hang-up') this.#hangUp();
      else this.#timer = setTimeout(this.#retry, effect.delayMs);
    }
    if (hasChanged) for (const listener of this.#listeners) listener();
  }

  #lost(why: CloseReason): void {
    const rules = connectionSettings();
    this.#handle({ type: 'lost', why, nowMs: Date.now(), random: Math.random(), rules });
  }

  async #dial(): Promise<void> {
    const round = ++this.#round;
    clearTimeout(this.#timer);
    const { connectionTimeoutMs } = connectionSettings();
    this.#timer = setTimeout(() => this.#lost(UNREACHABLE), connectionTimeoutMs);
    const address = await this.#options.address();
    if (round !== this.#round) return;
    if (!address.ok) {
      this.#lost(address.reason === 'refused' ? REFUSED : UNREACHABLE);
      return;
    }
    const socket = new WebSocket(address.url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#watchSilence();
      this.#handle({ type: 'opened', nowMs: Date.now() });
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      this.#watchSilence();
      if (typeof event.data === 'string') this.#options.onFrame(event.data);
    };
    socket.onclose = ({ code, reason }) => this.#lost({ code, reason });
  }

  #watchSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(SILENT), this.#options.maxSilenceMs());
  }

  #hangUp(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState < WebSocket.CLOSING) socket.close(1000);
  }
}
