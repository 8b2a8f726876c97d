/** One channel of a rider: where it is in the stream, and what follows from each thing the hub says. */
import type {
  Channel,
  ChannelState,
  Gap,
  HistoryPage,
  PresenceStats,
  Publication,
  Publisher,
  StreamPosition,
} from '../channel.ts';
import { createListeners } from '../listeners.ts';
import { createWritable } from '../readable.ts';
import { stateOf, type Ask, type FromHub, type Hold } from './tab-messages.ts';

export interface RiderLink {
  readonly ask: (ask: Ask) => Promise<unknown>;
  readonly hold: (hold: Hold) => void;
  readonly drop: () => void;
}

type ChannelMessage = Extract<FromHub, { readonly name: string }>;
type Held = Extract<FromHub, { readonly type: 'held' }>;

export class RiderChannel {
  readonly channel: Channel;
  readonly #name: string;
  readonly #link: RiderLink;
  readonly #state = createWritable<ChannelState>({ status: 'unsubscribed' });
  readonly #publications = createListeners<Publication>();
  readonly #gaps = createListeners<Gap>();
  readonly #joins = createListeners<Publisher>();
  readonly #leaves = createListeners<Publisher>();
  #holders = 0;
  #position: StreamPosition | undefined;
  /** Publications may have come before: what is not recovered now was missed. */
  #isContinued = false;
  /** The hub has told what was missed: what it tells to all concerns this channel too. */
  #isHeld = false;

  constructor(name: string, link: RiderLink) {
    this.#name = name;
    this.#link = link;
    this.channel = {
      name,
      state: this.#state,
      subscribe: () => this.#subscribe(),
      onPublication: this.#publications.add,
      onGap: this.#gaps.add,
      onJoin: (listener) => this.#listen(this.#joins.add(listener)),
      onLeave: (listener) => this.#listen(this.#leaves.add(listener)),
      publish: async (data, { idempotencyKey } = {}) => {
        await link.ask({ kind: 'publish', name, data, idempotencyKey });
      },
      // What the hub's own channel answers, which has these types.
      presence: async () => (await link.ask({ kind: 'presence', name })) as readonly Publisher[],
      presenceStats: async () => (await link.ask({ kind: 'presenceStats', name })) as PresenceStats,
      history: async (query) => (await link.ask({ kind: 'history', name, query })) as HistoryPage,
    };
  }

  /** What a new hub has to know. */
  hello(): readonly Hold[] {
    if (this.#holders === 0) return [];
    const hasJoins = this.#joins.count() + this.#leaves.count() > 0;
    return [{ name: this.#name, since: this.#position, hasJoins }];
  }

  /** Held here, and the hub has not said so yet. */
  isWaiting(): boolean {
    return this.#holders > 0 && !this.#isHeld && this.#state.get().status !== 'failed';
  }

  /** Until the hub has told what is missing. */
  pause(): void {
    this.#isHeld = false;
  }

  /** The hub is gone. */
  lose(): void {
    this.pause();
    const isWanted = this.#holders > 0 && this.#state.get().status !== 'failed';
    if (isWanted) this.#state.set({ status: 'subscribing' });
  }

  handle(message: ChannelMessage): void {
    if (message.type === 'held') return this.#handleHeld(message);
    if (!this.#isHeld) return;
    switch (message.type) {
      case 'channel':
        this.#state.set(stateOf(message.state));
        break;
      case 'pub':
        this.#pass(message.publication);
        break;
      case 'gap':
        this.#handleGap(message.gap);
        break;
      case 'join':
        this.#joins.emit(message.who);
        break;
      case 'leave':
        this.#leaves.emit(message.who);
        break;
    }
  }

  #subscribe(): () => void {
    this.#holders += 1;
    const { status } = this.#state.get();
    if (status === 'unsubscribed' || status === 'failed') {
      this.#state.set({ status: 'subscribing' });
      for (const hold of this.hello()) this.#link.hold(hold);
    }
    let isHolding = true;
    return () => {
      if (!isHolding) return;
      isHolding = false;
      this.#holders -= 1;
      // Who is replaced in this very moment (a page's part by another) keeps the channel.
      queueMicrotask(() => this.#letGo());
    };
  }

  #letGo(): void {
    if (this.#holders > 0 || this.#state.get().status === 'unsubscribed') return;
    this.#forget();
    this.#state.set({ status: 'unsubscribed' });
    this.#link.drop();
  }

  #forget(): void {
    this.#position = undefined;
    this.#isContinued = false;
    this.#isHeld = false;
  }

  #listen(stop: () => void): () => void {
    // Who comes and goes is told to those who asked for it: again, where it was asked for before.
    const isAsked = this.#isHeld || this.#state.get().status === 'subscribing';
    if (isAsked) for (const hold of this.hello()) this.#link.hold(hold);
    return stop;
  }

  #handleHeld({ state, isRecovered, position, missed }: Held): void {
    if (this.#holders === 0) return;
    if (state.status !== 'subscribed') {
      this.#forget();
      this.#state.set(stateOf(state));
      return;
    }
    const wasHeld = this.#isHeld;
    const from = this.#position;
    const wasRecovered = !this.#isContinued || isRecovered;
    if (!isRecovered && !wasHeld) this.#position = position;
    this.#isContinued = true;
    this.#isHeld = true;
    if (wasHeld) return;
    this.#state.set({ ...state, wasRecovered });
    if (!wasRecovered) this.#gaps.emit(gapOf(this.#name, from, position));
    for (const publication of missed) this.#pass(publication);
  }

  #handleGap(gap: Gap): void {
    const { to } = gap;
    const { epoch, offset = 0 } = this.#position ?? {};
    // Told with the subscription already.
    if (to !== undefined && to.epoch === epoch && to.offset <= offset) return;
    this.#position = to;
    this.#gaps.emit(gap);
  }

  #pass(publication: Publication): void {
    const { offset } = publication;
    if (offset !== undefined && this.#position !== undefined) {
      if (offset <= this.#position.offset) return;
      this.#position = { ...this.#position, offset };
    }
    this.#publications.emit(publication);
  }
}

const gapOf = (
  channel: string,
  from: StreamPosition | undefined,
  to: StreamPosition | undefined,
): Gap => ({ channel, ...(from && { from }), ...(to && { to }) });
