/**
 * A tab's side: the `Client` that programs use, over messages to a hub (tab-messages.ts) which may
 * be in this tab or another, and may change at any time.
 */
import { CarillonError, type ClientErrorName } from '../carillon-error.ts';
import type { Channel, Gap, StreamPosition } from '../channel.ts';
import type { CallOptions, Client, ServerPublication } from '../client.ts';
import type { ConnectionState } from '../connection/connection-state.ts';
import type { ClientClock } from '../environment.ts';
import { createListeners } from '../listeners.ts';
import { createWritable } from '../readable.ts';
import { RiderChannel } from './rider-channel.ts';
import { errorOf, type Ask, type FromHub, type ToHub, type Wish } from './tab-messages.ts';

export interface TabRiderOptions {
  readonly tab: string;
  readonly clock: ClientClock;
  readonly requestTimeoutMs: number;
  readonly post: (message: ToHub) => void;
  /** Whether the hub is in this very tab. */
  readonly isLeader: () => boolean;
  /** The first wish for a connection: nothing is done before. */
  readonly onWanted: () => void;
  readonly onClose: () => void;
}

/** So much longer than the hub the rider waits: an answer that comes is better than none. */
const GRACE_MS = 2_000;

/** What a rider says, without who says it to whom. */
type RiderMessage = ToHub extends infer M
  ? M extends ToHub
    ? Omit<M, 'tab' | 'hub'>
    : never
  : never;

interface Asked {
  readonly ask: Ask;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CarillonError) => void;
}

const fault = (name: ClientErrorName, message: string): CarillonError =>
  new CarillonError({ name, code: 0, message, isTemporary: name !== 'aborted' });

export class TabRider implements Client {
  readonly state = createWritable<ConnectionState>({ status: 'idle' });
  readonly user = createWritable<string | undefined>(undefined);
  readonly #options: TabRiderOptions;
  readonly #channels = new Map<string, RiderChannel>();
  readonly #server = new Map<string, StreamPosition>();
  readonly #publications = createListeners<ServerPublication>();
  readonly #gaps = createListeners<Gap>();
  readonly #asked = new Map<number, Asked>();
  #hub = 0;
  /** Messages to all, as the hub counts them. */
  #heard = 0;
  #isCaughtUp = false;
  #lastId = 0;
  #wish: Wish = 'disconnect';

  constructor(options: TabRiderOptions) {
    this.#options = options;
  }

  /** Of the hub that is followed; 0: none yet. */
  get hub(): number {
    return this.#hub;
  }

  connect(): void {
    const { status } = this.state.get();
    this.#wish = 'connect';
    if (status === 'idle') {
      this.state.set({ status: 'connecting', attempt: 0 });
      this.#options.onWanted();
      this.sayHello();
    } else {
      this.#post({ type: 'wish', wish: 'connect' });
    }
  }

  disconnect(): void {
    this.#wish = 'disconnect';
    this.#post({ type: 'wish', wish: 'disconnect' });
    this.state.set({ status: 'idle' });
    this.#lose();
  }

  retryNow(): void {
    if (this.#wish !== 'disconnect') this.#post({ type: 'wish', wish: 'retry' });
  }

  channel(name: string): Channel {
    const known = this.#channels.get(name);
    if (known !== undefined) return known.channel;
    const made = new RiderChannel(name, {
      ask: (ask) => this.#ask(ask),
      hold: (hold) => this.#post({ type: 'hold', hold }),
      drop: () => this.#post({ type: 'drop', name }),
    });
    this.#channels.set(name, made);
    return made.channel;
  }

  call: Client['call'] = async (method, input, options = {}) => {
    const { timeoutMs = this.#options.requestTimeoutMs } = options;
    const result = await this.#ask({ kind: 'call', method, input, timeoutMs }, options);
    // The answer is what the method's declaration says: the server checks what it sends.
    return result as never;
  };

  onServerPublication(listener: (publication: ServerPublication) => void): () => void {
    return this.#publications.add(listener);
  }

  onServerGap(listener: (gap: Gap) => void): () => void {
    return this.#gaps.add(listener);
  }

  close(): void {
    this.disconnect();
    this.#post({ type: 'bye' });
    this.#options.onClose();
  }

  /** Before a hub is known: whoever leads says so. */
  sayHello(): void {
    const { tab, post } = this.#options;
    if (this.#hub === 0) return post({ type: 'who', tab, hub: 0 });
    this.#post({
      type: 'hello',
      wish: this.#wish,
      holds: [...this.#channels.values()].flatMap((channel) => channel.hello()),
      server: Object.fromEntries(this.#server),
    });
  }

  handle(message: FromHub): void {
    const { tab } = this.#options;
    if (message.hub < this.#hub) return;
    // What is said to others tells, too, who leads and whether something was missed.
    if (message.hub > this.#hub) this.#change(message.hub);
    else if (message.n !== this.#heard + Number(message.to === undefined)) this.#resync();
    this.#heard = message.n;
    if ((message.to ?? tab) !== tab) return;
    if (this.#wish !== 'disconnect') this.#follow(message);
  }

  #follow(message: FromHub): void {
    switch (message.type) {
      case 'state':
        this.user.set(message.user);
        for (const [name, position] of Object.entries(message.server)) {
          if (!this.#server.has(name)) this.#server.set(name, position);
        }
        this.state.set(shared(message.state, !this.#options.isLeader()));
        break;
      case 'answer':
        this.#take(message.id)?.resolve(message.result);
        break;
      case 'refusal':
        this.#take(message.id)?.reject(errorOf(message.error));
        break;
      case 'caught_up':
        this.#isCaughtUp = true;
        break;
      case 'server':
        if (this.#concerns(message)) this.#handleServer(message.publication, message.epoch);
        break;
      case 'server_gap':
        if (this.#concerns(message)) this.#handleServerGap(message.gap);
        break;
      case 'leader':
      case 'pong':
        break;
      case 'held':
      case 'channel':
      case 'pub':
      case 'gap':
      case 'join':
      case 'leave':
        this.#channels.get(message.name)?.handle(message);
    }
  }

  /** What hello asked for has not come after a while, and may not come: asked again. */
  checkHello(): void {
    const isWaiting =
      !this.#isCaughtUp || [...this.#channels.values()].some((one) => one.isWaiting());
    if (isWaiting && this.state.get().status === 'connected') this.sayHello();
  }

  /** Messages were missed: what they were about is told anew. */
  #resync(): void {
    this.#isCaughtUp = false;
    for (const channel of this.#channels.values()) channel.pause();
    this.sayHello();
  }

  /** What is told to all may have something before it that is still on its way to this tab. */
  #concerns({ to }: FromHub): boolean {
    return this.#isCaughtUp || to !== undefined;
  }

  #post(message: RiderMessage): void {
    const { tab, post } = this.#options;
    // Nobody to tell yet: hello tells it all.
    if (this.#hub !== 0) post({ ...message, tab, hub: this.#hub });
  }

  #change(hub: number): void {
    const isFirst = this.#hub === 0;
    this.#hub = hub;
    if (!isFirst) this.#lose();
    if (!isFirst && this.#wish !== 'disconnect') {
      this.state.set({ status: 'connecting', attempt: 0 });
    }
    this.sayHello();
    if (isFirst) for (const [id, { ask }] of this.#asked) this.#post({ type: 'ask', id, ask });
  }

  /** Whoever was asked is gone, and with it whether it happened. */
  #lose(): void {
    this.#isCaughtUp = false;
    for (const id of this.#asked.keys()) {
      this.#take(id)?.reject(fault('connection_lost', 'the tab with the connection is gone'));
    }
    for (const channel of this.#channels.values()) channel.lose();
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #ask(ask: Ask, { signal, timeoutMs }: CallOptions = {}): Promise<unknown> {
    const { clock, requestTimeoutMs } = this.#options;
    if (this.#wish === 'disconnect') {
      return Promise.reject(fault('not_connected', 'there is no connection: call connect()'));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      const give = (name: 'aborted' | 'timeout', message: string): void => {
        if (this.#take(id) === undefined) return;
        this.#post({ type: 'cancel', id });
        stop();
        reject(fault(name, message));
      };
      const abort = (): void => give('aborted', 'stopped by the caller');
      const waitMs = (timeoutMs ?? requestTimeoutMs) + GRACE_MS;
      const cancel = clock.after(waitMs, () => give('timeout', 'no answer in time'));
      const stop = (): void => {
        cancel();
        signal?.removeEventListener('abort', abort);
      };
      const settle =
        <T>(end: (value: T) => void) =>
        (value: T): void => {
          stop();
          end(value);
        };
      this.#asked.set(id, { ask, resolve: settle(resolve), reject: settle(reject) });
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort);
      this.#post({ type: 'ask', id, ask });
    });
  }

  #handleServer({ channel, ...publication }: ServerPublication, epoch: string | undefined): void {
    const { offset } = publication;
    if (offset !== undefined && epoch !== undefined) {
      const known = this.#server.get(channel);
      if (known?.epoch === epoch && offset <= known.offset) return;
      this.#server.set(channel, { epoch, offset });
    }
    this.#publications.emit({ ...publication, channel });
  }

  #handleServerGap(gap: Gap): void {
    const { channel, to } = gap;
    const known = this.#server.get(channel);
    if (to !== undefined && known?.epoch === to.epoch && known.offset >= to.offset) return;
    if (to === undefined) this.#server.delete(channel);
    else this.#server.set(channel, to);
    this.#gaps.emit(gap);
  }
}

const shared = (state: ConnectionState, isShared: boolean): ConnectionState =>
  state.status === 'connected' ? { ...state, isShared } : state;
