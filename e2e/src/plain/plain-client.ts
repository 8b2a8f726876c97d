/** A plain WebSocket client for tests: keeps what came in, and waits for the next frame, never for time. */
import { once } from 'node:events';
import { type ClientOptions, type RawData, WebSocket } from 'ws';

/** A JSON frame; fields are checked by the expectations, not by types. */
export type Frame = Readonly<Record<string, unknown>>;

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const WAIT_MS = 5_000;

const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);

export class PlainClient {
  readonly #socket: WebSocket;
  readonly #unread: (string | Buffer)[] = [];
  #wake: (() => void) | undefined;
  readonly closed: Promise<Closing>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      this.#unread.push(isBinary ? bytesOf(data) : bytesOf(data).toString());
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake?.();
      });
    });
  }

  /** Resolves when the handshake is done; messages are kept from the first byte on. */
  static async open(url: string, options: ClientOptions = {}): Promise<PlainClient> {
    const socket = new WebSocket(url, options);
    const client = new PlainClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Frames that came in and were not asked for yet. */
  get unread(): readonly (string | Buffer)[] {
    return this.#unread;
  }

  send(frame: object | string | Buffer): void {
    const isRaw = typeof frame === 'string' || Buffer.isBuffer(frame);
    this.#socket.send(isRaw ? frame : JSON.stringify(frame));
  }

  /** The next frame, text or binary. */
  async next(): Promise<string | Buffer> {
    const deadline = Date.now() + WAIT_MS;
    while (this.#unread.length === 0) {
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error('closed without a frame');
      await this.#untilNews(deadline);
    }
    return this.#unread.shift() ?? '';
  }

  async nextJson(): Promise<Frame> {
    return JSON.parse(String(await this.next())) as Frame;
  }

  /** Passes over other frames until one of this type has come. */
  async nextOf(type: string): Promise<Frame> {
    for (;;) {
      const frame = await this.nextJson();
      if (frame['type'] === type) return frame;
    }
  }

  /**
   * Everything that came in up to now: asks something that is answered in order, and takes what
   * stands before the answer.
   */
  async settled(): Promise<readonly Frame[]> {
    this.send({ type: 'ping' });
    const before: Frame[] = [];
    for (;;) {
      const frame = await this.nextJson();
      if (frame['type'] === 'pong') return before;
      before.push(frame);
    }
  }

  async close(code?: number): Promise<void> {
    this.#socket.close(code);
    await this.closed;
  }

  /** Gone without a goodbye. */
  terminate(): void {
    this.#socket.terminate();
  }

  #untilNews(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('no frame in time')),
        Math.max(0, deadline - Date.now()),
      );
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
