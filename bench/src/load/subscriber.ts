/**
 * One client connection on a raw socket: upgrade, the dialect's greeting, then counting. A sampler
 * decodes everything it gets; the others look only at pings once they are ready.
 */
import { connect, type Socket } from 'node:net';
import { clientFrame } from './client-frame.ts';
import type { Dialect, Heard, Identity } from './dialects.ts';
import { FrameReader, OPCODE, type FrameSink } from './frame-reader.ts';

/** What all subscribers of a run share: nobody needs a closure or buffer of their own. */
export interface Crew {
  readonly dialect: Dialect;
  readonly port: number;
  handleReady(subscriber: Subscriber): void;
  handleHeard(subscriber: Subscriber, heard: Heard): void;
  handleCounted(subscriber: Subscriber, count: number): void;
  /** The connection ended or was refused although nobody here ended it. */
  handleLost(subscriber: Subscriber, reason: string): void;
}

export interface SubscriberOptions {
  readonly crew: Crew;
  readonly index: number;
  readonly identity: Identity;
  readonly isSampler: boolean;
  /** Source address: each has its own ~28,000 ports. */
  readonly localAddress: string;
  /** When this connection should have been started, monotonic µs. */
  readonly dueUs: number;
  /** Instead of the crew's. */
  readonly port?: number;
}

const PONG = 10;
const HEAD_END = '\r\n\r\n';
/** Shared by all sockets: what was read is handled before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

export class Subscriber implements FrameSink {
  readonly index: number;
  readonly dueUs: number;
  readonly group: number;
  readonly isSampler: boolean;
  /** Messages since the last reset. */
  received = 0;
  /** Number of the last message a sampler decoded. */
  lastNumber = 0;
  isReady = false;
  readonly #crew: Crew;
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  /** Response head so far; undefined once upgraded. */
  #head: string | undefined = '';
  #greeting: string | undefined;
  #hasEnded = false;

  constructor(options: SubscriberOptions) {
    this.index = options.index;
    this.dueUs = options.dueUs;
    this.group = options.identity.group;
    this.isSampler = options.isSampler;
    this.#crew = options.crew;
    this.#greeting = options.crew.dialect.greet(options.identity);
    this.#socket = connect({
      host: '127.0.0.1',
      port: options.port ?? options.crew.port,
      localAddress: options.localAddress,
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    this.#socket.on('error', (error) => this.#lose(error.message));
    this.#socket.on('close', () => this.#lose('closed'));
    this.#socket.write(upgradeRequest(options.crew.dialect, options.identity));
  }

  get wantsPayloads(): boolean {
    return this.isSampler || !this.isReady;
  }

  say(text: string): void {
    this.#socket.write(clientFrame(OPCODE.text, text));
  }

  /** Ends without a handshake and without TIME_WAIT. */
  drop(): void {
    this.#hasEnded = true;
    this.#socket.resetAndDestroy();
  }

  countMessages(count: number): void {
    this.received += count;
    this.#crew.handleCounted(this, count);
  }

  handleFrame(opcode: number, payload: string): void {
    if (opcode === OPCODE.ping) this.#socket.write(clientFrame(PONG, payload));
    else if (opcode === OPCODE.close) this.#lose(`close frame ${payload.slice(2)}`);
    else if (opcode === OPCODE.text) this.#hear(payload);
  }

  #hear(text: string): void {
    const heard = this.#crew.dialect.hear(text);
    if (heard.say !== undefined) this.say(heard.say);
    if (heard.refusal !== undefined) this.#lose(heard.refusal);
    if (heard.isReady === true) this.#becomeReady();
    this.#crew.handleHeard(this, heard);
  }

  #read(length: number): boolean {
    let chunk = READ_BUFFER.subarray(0, length);
    if (this.#head !== undefined) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf(HEAD_END);
      if (end < 0) return true;
      const rest = this.#head.length - end - HEAD_END.length;
      const status = this.#head.slice(0, this.#head.indexOf('\r\n'));
      this.#head = undefined;
      if (!status.includes(' 101 ')) this.#lose(status);
      else this.#greet();
      chunk = READ_BUFFER.subarray(length - rest, length);
    }
    this.#frames.read(chunk, this);
    return true;
  }

  #greet(): void {
    if (this.#greeting !== undefined) this.say(this.#greeting);
    else if (this.#crew.dialect.offer === undefined) this.#becomeReady();
    this.#greeting = undefined;
  }

  #becomeReady(): void {
    this.isReady = true;
    this.#crew.handleReady(this);
  }

  #lose(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#socket.destroy();
    this.#crew.handleLost(this, reason);
  }
}

const upgradeRequest = (dialect: Dialect, identity: Identity): string => {
  const offered = dialect.offer?.(identity);
  return (
    `GET ${dialect.path(identity)} HTTP/1.1\r\n` +
    'Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    (offered === undefined ? '' : `Sec-WebSocket-Protocol: ${offered}\r\n`) +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
};
