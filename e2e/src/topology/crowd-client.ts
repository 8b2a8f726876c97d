/**
 * One person of the crowd: a minimal client of the native protocol that comes back after every
 * cut (full jitter), asks for what it missed, and keeps a log of each of its two channels.
 */
import { WebSocket } from 'ws';
import { ChannelLog } from './channel-log.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 3_000;

export interface CrowdClientOptions {
  readonly url: string;
  readonly user: string;
  readonly token: string;
  /** `chat:<id>`. */
  readonly channel: string;
}

interface WirePublication {
  readonly data: {
    readonly type?: string;
    readonly data?: { readonly id?: string; readonly title?: string };
  };
  readonly offset?: number;
}

interface WireSubscription {
  readonly epoch?: string;
  readonly offset?: number;
  readonly recovered?: boolean;
  readonly publications?: readonly WirePublication[];
}

interface Reply {
  readonly id?: number;
  readonly error?: { readonly code: number; readonly message: string };
  readonly connect?: { readonly subs?: Readonly<Record<string, WireSubscription>> };
  readonly subscribe?: WireSubscription;
  readonly push?: {
    readonly channel: string;
    readonly pub?: WirePublication;
    readonly unsubscribe?: { readonly code: number };
    readonly subscribe?: WireSubscription;
  };
}

const CONNECT = 1;
const SUBSCRIBE = 2;

export class CrowdClient {
  readonly user: string;
  readonly chat = new ChannelLog();
  readonly inbox = new ChannelLog();
  /** Close codes by how often they came. */
  readonly closes = new Map<number, number>();
  readonly faults: string[] = [];
  /** When each connection was made, ms of performance.now. */
  readonly openedAt: number[] = [];
  readonly #options: CrowdClientOptions;
  #socket: WebSocket | undefined;
  /** What kept it away last, for messages. */
  trouble = '';
  #attempts = 0;
  #isReady = false;
  #hasLeft = false;

  constructor(options: CrowdClientOptions) {
    this.#options = options;
    this.user = options.user;
    this.#open();
  }

  /** Connected and subscribed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  leave(): void {
    this.#hasLeft = true;
    this.#socket?.terminate();
  }

  #open(): void {
    const socket = new WebSocket(this.#options.url, { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => this.#handleOpen(socket));
    socket.on('message', (data: Buffer) => {
      for (const line of data.toString().split('\n')) this.#handleLine(line, socket);
    });
    socket.on('error', (error) => (this.trouble = error.message));
    socket.on('close', (code) => this.#handleClose(code));
  }

  #handleOpen(socket: WebSocket): void {
    this.openedAt.push(performance.now());
    const { token, channel, user } = this.#options;
    const own = this.inbox.position;
    const subs = own === undefined ? {} : { [`user:${user}`]: { recover: true, ...own } };
    const commands = [
      { id: CONNECT, connect: { token, subs } },
      { id: SUBSCRIBE, subscribe: { channel, ...recoveryOf(this.chat) } },
    ];
    socket.send(commands.map((command) => JSON.stringify(command)).join('\n'));
  }

  #handleClose(code: number): void {
    if (code !== 1006) this.trouble = `closed with ${code}`;
    this.#isReady = false;
    this.closes.set(code, (this.closes.get(code) ?? 0) + 1);
    if (this.#hasLeft) return;
    if (code >= 3500 && code < 4000) this.faults.push(`sent away for good with ${code}`);
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    setTimeout(() => this.#open(), Math.random() * longest).unref();
  }

  #handleLine(line: string, socket: WebSocket): void {
    if (line === '{}') {
      socket.send('{}');
      return;
    }
    const reply = JSON.parse(line) as Reply;
    if (reply.error !== undefined) this.#handleError(reply, socket);
    else if (reply.connect !== undefined) this.#handleConnected(reply.connect.subs ?? {});
    else if (reply.subscribe !== undefined) this.#handleSubscribed(reply.subscribe);
    else if (reply.push !== undefined) this.#handlePush(reply.push, socket);
  }

  /** Temporary ones (a broker or database that is away) are tried again after a new connect. */
  #handleError({ error }: Reply, socket: WebSocket): void {
    this.closes.set(error?.code ?? 0, (this.closes.get(error?.code ?? 0) ?? 0) + 1);
    this.trouble = `error ${error?.code} ${error?.message}`;
    socket.terminate();
  }

  #handleConnected(subs: Readonly<Record<string, WireSubscription>>): void {
    const own = subs[`user:${this.user}`];
    if (own === undefined) this.faults.push('connected without the own channel');
    else enter(this.inbox, own);
  }

  #handleSubscribed(subscription: WireSubscription): void {
    enter(this.chat, subscription);
    this.#isReady = true;
    this.#attempts = 0;
  }

  #handlePush(push: NonNullable<Reply['push']>, socket: WebSocket): void {
    if (push.subscribe !== undefined) {
      enter(this.inbox, push.subscribe);
      return;
    }
    // The own channel is the server's to subscribe again.
    if (push.unsubscribe !== undefined && push.channel !== this.#options.channel) return;
    if (push.unsubscribe !== undefined) {
      // 2500: the position was lost; asking again with it says how much is missing.
      this.#isReady = false;
      this.trouble = `unsubscribed with ${push.unsubscribe.code}`;
      const { channel } = this.#options;
      const command = { id: SUBSCRIBE, subscribe: { channel, ...recoveryOf(this.chat) } };
      socket.send(JSON.stringify(command));
      return;
    }
    if (push.pub === undefined) return;
    const log = push.channel === this.#options.channel ? this.chat : this.inbox;
    hear(log, push.pub);
  }
}

const recoveryOf = ({ position }: ChannelLog): object =>
  position === undefined ? {} : { recover: true, ...position };

function enter(log: ChannelLog, subscription: WireSubscription): void {
  const { epoch = '', offset = 0, recovered = false, publications = [] } = subscription;
  log.handleSubscribed({ epoch, offset, recovered, missed: publications.length });
  for (const publication of publications) hear(log, publication);
}

function hear(log: ChannelLog, { data, offset }: WirePublication): void {
  log.handlePublication(keyOf(data), offset);
}

/** What a backend knows it by as well; undefined for what is not kept (typing, counts). */
function keyOf({ type, data }: WirePublication['data']): string | undefined {
  if (type === 'message') return data?.id;
  return type === 'notification' ? data?.title : undefined;
}
