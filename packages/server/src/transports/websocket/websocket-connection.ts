/**
 * One upgraded connection. `ws` parses what comes in and runs the closing handshake; what goes out
 * is written here, straight to the socket: prepared frames, shared between connections, one write
 * per tick. Both write whole frames only, so their writes cannot mix.
 *
 * There is one of these per client: no closures, no timers, no maps; the listeners are shared.
 */
import type { Duplex } from 'node:stream';
import { DISCONNECTS, type Disconnect } from '@carillon/protocol';
import { WebSocket } from 'ws';
import type { ClientSocket, SendResult } from '../../ports/client-socket.ts';
import type { FrameReceiver } from '../../ports/websocket-endpoint.ts';

/** Below this, copying chunks together is cheaper than a vectored write. */
const MAX_JOINED_BYTES = 16 * 1024;
/** RFC 6455 §5.5: a control frame's payload has 125 bytes, two of them are the code. */
const MAX_REASON_BYTES = 123;

/** What all connections of a transport report to it. */
export interface ConnectionHost {
  countFrame(bytes: number): void;
  /** The peer broke RFC 6455 or a limit; `ws` has answered with the close code already. */
  reportViolation(error: Error): void;
  /** An endpoint threw, which none may: it costs its own connection, not the process. */
  reportBug(error: unknown): void;
  forget(connection: WebSocketConnection, code: number): void;
}

/** What `ws` makes for each upgrade, with a place for the connection it belongs to. */
export class OwnedWebSocket extends WebSocket {
  connection: WebSocketConnection | undefined = undefined;

  /**
   * Called by `ws` alone, to answer a close frame or an error. What the frames before it asked for
   * is answered first: replies leave at the end of the tick, which was scheduled before this.
   */
  override close(code?: number, reason?: string | Buffer): void {
    setImmediate(() => super.close(code, reason));
  }

  closeNow(code: number, reason: string): void {
    super.close(code, reason);
  }
}

export interface ConnectionOptions {
  readonly ws: OwnedWebSocket;
  readonly socket: Duplex;
  readonly host: ConnectionHost;
  readonly protocol: string;
}

const joinedBytes = (chunks: readonly Uint8Array[]): number => {
  let total = 0;
  for (const chunk of chunks) total += chunk.length;
  return total;
};

const clipReason = (reason: string): string => {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason;
  // A cut through a character becomes U+FFFD, which is three bytes: room for it is left.
  return Buffer.from(reason)
    .subarray(0, MAX_REASON_BYTES - 3)
    .toString();
};

export class WebSocketConnection implements ClientSocket {
  /** Who is told what comes in; set right after the endpoint has opened. */
  receiver: FrameReceiver | undefined = undefined;
  /** Among the open ones, and among those that had not logged in; the transport's. */
  place = -1;
  newcomerPlace = -1;
  /** Name of the endpoint, for metrics. */
  readonly protocol: string;
  readonly #ws: OwnedWebSocket;
  readonly #socket: Duplex;
  readonly #host: ConnectionHost;
  #isFull = false;

  constructor({ ws, socket, host, protocol }: ConnectionOptions) {
    this.#ws = ws;
    this.#socket = socket;
    this.#host = host;
    this.protocol = protocol;
    ws.connection = this;
    ws.on('message', onMessage);
    ws.on('close', onClose);
    ws.on('error', onError);
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN && this.#socket.writable;
  }

  send(chunks: readonly Uint8Array[]): SendResult {
    if (!this.isOpen) return 'closed';
    if (this.#write(chunks)) return 'sent';
    if (!this.#isFull) {
      this.#isFull = true;
      this.#socket.once('drain', () => this.#handleDrain());
    }
    return 'full';
  }

  close(disconnect: Disconnect): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#ws.closeNow(disconnect.code, clipReason(disconnect.reason));
  }

  terminate(): void {
    this.#ws.terminate();
  }

  handleMessage(data: Buffer, isBinary: boolean): void {
    this.#host.countFrame(data.length);
    // After our own close frame nothing the peer says counts any more (RFC 6455 §7.1.4).
    if (this.receiver === undefined || this.#ws.readyState !== WebSocket.OPEN) return;
    try {
      if (isBinary) this.receiver.handleBinary(data);
      else this.receiver.handleText(data.toString());
    } catch (error) {
      this.fail(error);
    }
  }

  handleClose(code: number): void {
    this.#host.forget(this, code);
    try {
      this.receiver?.handleClosed(code);
    } catch (error) {
      this.#host.reportBug(error);
    }
  }

  handleError(error: Error): void {
    this.#host.reportViolation(error);
  }

  fail(error: unknown): void {
    this.#host.reportBug(error);
    this.close(DISCONNECTS.server_error);
  }

  #write(chunks: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    const [first] = chunks;
    if (first === undefined) return true;
    if (chunks.length === 1) return socket.write(first);
    const total = joinedBytes(chunks);
    if (total <= MAX_JOINED_BYTES) return socket.write(Buffer.concat(chunks, total));
    let isAccepted = true;
    socket.cork();
    for (const chunk of chunks) isAccepted = socket.write(chunk);
    socket.uncork();
    return isAccepted;
  }

  #handleDrain(): void {
    this.#isFull = false;
    if (!this.isOpen) return;
    try {
      this.receiver?.handleDrain();
    } catch (error) {
      this.fail(error);
    }
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  // `ws` gives a Buffer unless another binaryType was chosen.
  if (this instanceof OwnedWebSocket && Buffer.isBuffer(data)) {
    this.connection?.handleMessage(data, isBinary);
  }
}

function onClose(this: WebSocket, code: number): void {
  if (this instanceof OwnedWebSocket) this.connection?.handleClose(code);
}

function onError(this: WebSocket, error: Error): void {
  if (this instanceof OwnedWebSocket) this.connection?.handleError(error);
}
