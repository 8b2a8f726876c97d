/**
 * One connection between a client's WebSocket and the server's socket, on the fake clock: frames take
 * their time but keep their order, the cable can be cut with or without anybody noticing, and what is
 * still under way when it breaks never arrives.
 */
import type { Disconnect } from '@carillon/protocol';
import type { ClientSocket, SendResult } from '../../../server/src/ports/client-socket.ts';
import type { FrameReceiver } from '../../../server/src/ports/websocket-endpoint.ts';
import type { FakeClock } from '../fake-clock.ts';

const ABNORMAL = 1006;
const NUMBERED = /^\{"push":\{"channel":"[^"]+","pub":.*"offset":/;
const decoder = new TextDecoder();

export interface WireOptions {
  readonly clock: FakeClock;
  /** Of the next frame, one way. */
  readonly latencyMs: () => number;
  /** Whether the next frame comes twice, where it holds nothing but numbered publications. */
  readonly repeats: () => boolean;
  /** Undefined: refused. */
  readonly accept: (socket: ClientSocket) => FrameReceiver | undefined;
  readonly onEnd: (wire: SimulatedWire) => void;
}

/** The client's side of it, as much as the SDK uses. */
export interface ClientEnd {
  readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: string }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(text: string): void;
  close(): void;
}

export class SimulatedWire implements ClientSocket {
  readonly end: ClientEnd;
  readonly #options: WireOptions;
  readonly #isRefused: boolean;
  #receiver: FrameReceiver | undefined;
  /** Nothing passes any more; `silent`: and nobody has been told. */
  #state: 'opening' | 'open' | 'silent' | 'over' = 'opening';
  #lastDown = 0;
  #lastUp = 0;

  constructor(options: WireOptions, isRefused: boolean) {
    this.#options = options;
    this.#isRefused = isRefused;
    this.end = {
      readyState: 0,
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (text) => this.#travel('up', () => this.#receiver?.handleText(text)),
      close: () => this.#closedByClient(),
    };
    this.#travel('down', () => this.#open());
  }

  send(chunks: readonly Uint8Array[]): SendResult {
    if (this.#state !== 'open' && this.#state !== 'silent') return 'closed';
    const text = chunks.map((chunk) => decoder.decode(chunk)).join('');
    const arrive = (): void => this.end.onmessage?.({ data: text });
    this.#travel('down', arrive);
    const isNumbered = text
      .trim()
      .split('\n')
      .every((line) => NUMBERED.test(line));
    if (isNumbered && this.#options.repeats()) this.#travel('down', arrive);
    return 'sent';
  }

  close({ code, reason }: Disconnect): void {
    this.#travel('down', () => this.#finish({ code, reason }));
  }

  terminate(): void {
    this.#finish({ code: ABNORMAL, reason: '' });
  }

  /** Both ends notice at once. */
  cut(): void {
    this.#finish({ code: ABNORMAL, reason: '' });
  }

  /** Neither end notices: only silence tells. */
  silence(): void {
    if (this.#state === 'open') this.#state = 'silent';
  }

  #open(): void {
    this.#receiver = this.#isRefused ? undefined : this.#options.accept(this);
    if (this.#receiver === undefined) return this.#finish({ code: ABNORMAL, reason: '' });
    this.#state = 'open';
    this.end.readyState = 1;
    this.end.onopen?.();
  }

  /** In order, whatever the latency of each. */
  #travel(way: 'up' | 'down', arrive: () => void): void {
    const { clock, latencyMs } = this.#options;
    const now = clock.monotonic();
    const last = way === 'up' ? this.#lastUp : this.#lastDown;
    const at = Math.max(last, now + latencyMs());
    if (way === 'up') this.#lastUp = at;
    else this.#lastDown = at;
    const state = this.#state;
    clock.after(at - now, () => {
      if (this.#state === 'over' || this.#state === 'silent') return;
      if (state === 'silent') return;
      arrive();
    });
  }

  #closedByClient(): void {
    if (this.#state === 'silent') return;
    this.#travel('up', () => this.#finish({ code: 1000, reason: '' }));
  }

  #finish(event: { readonly code: number; readonly reason: string }): void {
    if (this.#state === 'over') return;
    const wasSilent = this.#state === 'silent';
    this.#state = 'over';
    this.end.readyState = 3;
    this.#receiver?.handleClosed(event.code);
    this.#options.onEnd(this);
    // An end that nobody hears of: the client finds out by itself.
    if (!wasSilent) this.end.onclose?.(event);
  }
}
