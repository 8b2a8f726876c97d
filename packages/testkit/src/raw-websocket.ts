/**
 * A WebSocket client that sends exactly the bytes it is told to: bad handshakes, broken frames,
 * fragments, floods. Parses the server's frames by the letter of RFC 6455 §5.2 and hides nothing.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

export interface RawFrame {
  readonly isFinal: boolean;
  /** The three reserved bits. */
  readonly reserved: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly payload: Buffer;
}

export interface FrameOptions {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly isFinal?: boolean;
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** Bytes of the length field, also where fewer would do. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** A length that is not the payload's. */
  readonly claimedLength?: number;
}

export const OPCODES = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

const lengthField = (length: number, lengthBytes: 0 | 2 | 8): { short: number; rest: Buffer } => {
  if (lengthBytes === 0) return { short: length, rest: Buffer.alloc(0) };
  const rest = Buffer.alloc(lengthBytes);
  if (lengthBytes === 2) rest.writeUInt16BE(length);
  else rest.writeBigUInt64BE(BigInt(length));
  return { short: lengthBytes === 2 ? 126 : 127, rest };
};

/** A client's frame, masked unless told otherwise. */
export const clientFrame = (options: FrameOptions): Buffer => {
  const payload = Buffer.from(options.payload ?? '');
  const length = options.claimedLength ?? payload.length;
  const lengthBytes = options.lengthBytes ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const isMasked = options.isMasked ?? true;
  const { short, rest } = lengthField(length, lengthBytes);
  const first =
    ((options.isFinal ?? true) ? 0x80 : 0) | ((options.reserved ?? 0) << 4) | options.opcode;
  const head = Buffer.concat([Buffer.from([first, (isMasked ? 0x80 : 0) | short]), rest]);
  if (!isMasked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([head, mask, masked]);
};

export const closePayload = (code: number, reason: Buffer | string = ''): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
};

/** The first frame of `bytes` and how long it is; undefined while it is not all there. */
const readFrame = (bytes: Buffer): { frame: RawFrame; size: number } | undefined => {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const head = 2 + lengthBytes + (second & 0x80 ? 4 : 0);
  if (bytes.length < head) return undefined;
  const length =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < head + length) return undefined;
  const frame = {
    isFinal: (first & 0x80) !== 0,
    reserved: (first >> 4) & 7,
    opcode: first & 0x0f,
    isMasked: (second & 0x80) !== 0,
    payload: Buffer.from(bytes.subarray(head, head + length)),
  };
  return { frame, size: head + length };
};

export interface HandshakeOptions {
  readonly method?: string;
  readonly httpVersion?: string;
  /** Replace or, when undefined, leave out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The head of a handshake, byte for byte. */
export const handshakeText = (
  host: string,
  path: string,
  options: HandshakeOptions = {},
): string => {
  const headers: Record<string, string | undefined> = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...options.headers,
  };
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value ?? ''}`);
  const request = `${options.method ?? 'GET'} ${path} HTTP/${options.httpVersion ?? '1.1'}`;
  return `${[request, ...lines].join('\r\n')}\r\n\r\n`;
};

export interface HttpHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

const parseHead = (text: string): HttpHead => {
  const [request = '', ...lines] = text.split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(request.split(' ')[1]), headers };
};

export class RawWebSocket {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #isEnded = false;
  #changed = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isEnded = true;
      this.#wake();
    });
  }

  static async connect(port: number): Promise<RawWebSocket> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.setNoDelay();
    return new RawWebSocket(socket);
  }

  /** Connects and upgrades; throws when the server does not answer 101. */
  static async open(port: number, path: string, options?: HandshakeOptions): Promise<RawWebSocket> {
    const client = await RawWebSocket.connect(port);
    const head = await client.handshake(path, options);
    if (head.status !== 101) throw new Error(`handshake at ${path}: ${head.status}`);
    return client;
  }

  async handshake(path: string, options: HandshakeOptions = {}): Promise<HttpHead> {
    const host = `127.0.0.1:${String(this.socket.remotePort)}`;
    this.socket.write(handshakeText(host, path, options));
    return this.head();
  }

  async head(): Promise<HttpHead> {
    const end = await this.#until(() => {
      const at = this.#received.indexOf('\r\n\r\n');
      return at === -1 ? undefined : at;
    });
    if (end === undefined) throw new Error('the server closed without an HTTP answer');
    const head = parseHead(this.#received.subarray(0, end).toString());
    this.#received = this.#received.subarray(end + 4);
    return head;
  }

  write(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  send(options: FrameOptions): void {
    this.write(clientFrame(options));
  }

  sendText(text: string): void {
    this.send({ opcode: OPCODES.text, payload: text });
  }

  /** The next frame; undefined when the server has ended the connection without one. */
  async frame(): Promise<RawFrame | undefined> {
    const read = await this.#until(() => readFrame(this.#received));
    if (read === undefined) return undefined;
    this.#received = this.#received.subarray(read.size);
    return read.frame;
  }

  async text(): Promise<string> {
    const frame = await this.frame();
    if (frame === undefined) throw new Error('the server ended the connection');
    if (frame.opcode === OPCODES.close) {
      throw new Error(`closed with ${frame.payload.readUInt16BE(0)}`);
    }
    return frame.payload.toString();
  }

  /** Skips data frames up to the close frame; its code, 1005 without one, 1006 when none came. */
  async closeCode(): Promise<number> {
    return (await this.closeFrame()).code;
  }

  async closeFrame(): Promise<{ code: number; reason: string }> {
    for (;;) {
      const frame = await this.frame();
      if (frame === undefined) return { code: 1006, reason: '' };
      if (frame.opcode !== OPCODES.close) continue;
      const { payload } = frame;
      if (payload.length < 2) return { code: 1005, reason: '' };
      return { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
    }
  }

  /** Resolves when the TCP connection is gone. */
  async ended(): Promise<void> {
    await this.#until(() => (this.#isEnded ? true : undefined));
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #until<T>(look: () => T | undefined): Promise<T | undefined> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#isEnded) return undefined;
      await this.#changed.promise;
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
