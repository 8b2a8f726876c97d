/**
 * Plain endpoints over a real domain and core, without a network: connections whose sockets keep
 * what they were sent. For rules where time matters; the wire itself is tested end to end.
 */
import { ok } from '../../protocol/src/index.ts';
import type { Disconnect } from '../../protocol/src/index.ts';
import type { Identity } from '../../server/src/ports/authenticator.ts';
import type { ClientSocket, SendResult } from '../../server/src/ports/client-socket.ts';
import type { CredentialResolver } from '../../server/src/ports/credentials.ts';
import type { FrameReceiver, HandshakeRequest } from '../../server/src/ports/websocket-endpoint.ts';
import { createPlainEndpoints } from '../../server/src/protocols/plain/create-plain-endpoints.ts';
import type { AnonymousPolicy } from '../../server/src/protocols/plain/plain-deps.ts';
import {
  DEFAULT_PLAIN_LIMITS,
  type PlainLimits,
} from '../../server/src/protocols/plain/plain-limits.ts';
import { EndpointRouter } from '../../server/src/transports/websocket/endpoint-router.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { openDomain, type RunningDomain, type RunningDomainOptions } from './running-domain.ts';
import { createSeededRandom } from './seeded-random.ts';

export type PlainFrame = Readonly<Record<string, unknown>>;

export interface PlainBedOptions extends Omit<RunningDomainOptions, 'clock'> {
  readonly anonymous?: AnonymousPolicy;
  /** `?token=<user>` is that user; replace it to delay or to refuse. */
  readonly credentials?: CredentialResolver;
  readonly plainLimits?: Partial<PlainLimits>;
}

export interface PlainBed {
  readonly clock: FakeClock;
  readonly running: RunningDomain;
  open(url: string, headers?: { readonly acceptLanguage?: string }): PlainPeer;
  close(): Promise<void>;
}

const REAL_WAIT_MS = 5_000;

/** Opcodes of RFC 6455 §5.2. */
const TEXT = 1;
const PING = 9;

export class PlainPeer implements ClientSocket {
  /** Texts that came and were not taken yet. */
  readonly unread: string[] = [];
  pings = 0;
  closing: Disconnect | undefined;
  /** What the socket answers to each write. */
  answer: SendResult = 'sent';
  receiver: FrameReceiver | undefined;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  send(chunks: readonly Uint8Array[]): SendResult {
    if (this.closing !== undefined) return 'closed';
    this.#read(Buffer.concat(chunks));
    return this.answer;
  }

  close(disconnect: Disconnect): void {
    if (this.closing !== undefined) return;
    this.closing = disconnect;
    this.receiver?.handleClosed(disconnect.code);
  }

  terminate(): void {
    this.close({ code: 1006, reason: '' });
  }

  say(frame: object | string): void {
    this.receiver?.handleText(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The client goes, with this code of its own. */
  leave(code: number): void {
    this.closing ??= { code, reason: 'left' };
    this.receiver?.handleClosed(code);
  }

  /** The next frame, without time moving on. */
  async next(): Promise<PlainFrame> {
    await this.#until(() => this.unread.length > 0);
    return JSON.parse(this.unread.shift() ?? 'null') as PlainFrame;
  }

  async nextOf(type: string): Promise<PlainFrame> {
    for (;;) {
      const frame = await this.next();
      if (frame['type'] === type) return frame;
    }
  }

  async closed(): Promise<Disconnect | undefined> {
    await this.#until(() => this.closing !== undefined);
    return this.closing;
  }

  /** The store answers from a thread of its own, so its replies are waited for in real time. */
  async #until(isThere: () => boolean): Promise<void> {
    const deadline = Date.now() + REAL_WAIT_MS;
    for (;;) {
      await this.#clock.settle();
      if (isThere()) return;
      if (Date.now() > deadline) throw new Error('nothing came in time');
    }
  }

  #read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const short = bytes.readUInt8(at + 1);
      const start = at + (short < 126 ? 2 : 4);
      const end = start + (short < 126 ? short : bytes.readUInt16BE(at + 2));
      const opcode = bytes.readUInt8(at) & 0x0f;
      if (opcode === TEXT) this.unread.push(bytes.subarray(start, end).toString());
      if (opcode === PING) this.pings += 1;
      at = end;
    }
  }
}

const tokenIsUser: CredentialResolver = {
  async resolve({ query }) {
    const user = query.get('token');
    return ok<Identity | undefined>(user === null ? undefined : { user });
  },
};

export async function openPlainBed(options: PlainBedOptions = {}): Promise<PlainBed> {
  const { anonymous, credentials, plainLimits, ...rest } = options;
  const clock = createFakeClock();
  const running = await openDomain({ ...rest, clock });
  const { node, domain } = running;
  const endpoints = createPlainEndpoints({
    ...domain,
    connections: node,
    credentials: credentials ?? tokenIsUser,
    publisher: node,
    registry: node,
    channelAdmin: node,
    subscriberCount: (channel) => node.subscriberCount(channel),
    anonymous: anonymous ?? { open: true, byAllowAnonymous: false },
    limits: { ...DEFAULT_PLAIN_LIMITS, ...plainLimits },
    clock,
    random: createSeededRandom(1),
    logger: SILENT,
    metrics: { count: () => undefined, observe: () => undefined },
  });
  const router = new EndpointRouter(endpoints);
  return {
    clock,
    running,
    open(url, headers = {}) {
      const { pathname, searchParams } = new URL(url, 'http://test');
      const match = router.match(pathname);
      if (match === undefined || match === 'undecodable') throw new Error(`no endpoint at ${url}`);
      const peer = new PlainPeer(clock);
      const request: HandshakeRequest = {
        path: pathname,
        params: match.params,
        query: searchParams,
        remoteAddress: '127.0.0.1',
        ...headers,
      };
      peer.receiver = match.endpoint.open(peer, request);
      return peer;
    },
    close: () => running.close(),
  };
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};
