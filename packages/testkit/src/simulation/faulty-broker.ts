/**
 * A broker that fails on command: loses, repeats, delays and reorders what it delivers, forgets
 * history, refuses calls. What it saves is right, as with a real broker whose pub/sub is lossy.
 */
import type { ChannelEvent, StreamPosition } from '@carillon/protocol';
import type {
  Broker,
  BrokerHandler,
  HistoryPage,
  HistoryQuery,
  PublishOptions,
  PublishResult,
} from '../../../server/src/ports/broker.ts';

export type Fate = 'deliver' | 'lose' | 'repeat' | 'delay';
type Call = 'subscribe' | 'unsubscribe' | 'publish' | 'history';

interface Delivery {
  readonly channel: string;
  readonly event: ChannelEvent;
  readonly epoch: string | undefined;
}

export class FaultyBroker implements Broker {
  readonly #inner: Broker;
  #handler: BrokerHandler | undefined;
  #delayed: Delivery[] = [];
  /** How often each channel's history was forgotten. */
  readonly #lives = new Map<string, number>();
  readonly #subscribed = new Set<string>();
  readonly failing = new Set<Call>();
  readonly calls: string[] = [];
  /** Questions for history that were not answered. */
  historyFailures = 0;
  /** Decides about each delivery. */
  fate: (event: ChannelEvent) => Fate = () => 'deliver';
  /** Awaited before history is read. */
  beforeHistory: () => Promise<void> = () => Promise.resolve();
  /** Awaited before what was read is handed over: an answer that is old when it comes. */
  afterHistory: () => Promise<void> = () => Promise.resolve();

  constructor(inner: Broker) {
    this.#inner = inner;
  }

  start(handler: BrokerHandler): Promise<void> {
    this.#handler = handler;
    return this.#inner.start({
      handleEvent: (name, event, epoch) => {
        const channel = name.split('\u0001')[0] ?? '';
        if (name !== this.#nameOf(channel)) return;
        this.#deliver({
          channel,
          event,
          epoch: epoch === undefined ? undefined : this.#epochOf(channel, epoch),
        });
      },
    });
  }

  async subscribe(channel: string): Promise<void> {
    this.#begin('subscribe', channel);
    this.#subscribed.add(channel);
    await this.#inner.subscribe(this.#nameOf(channel));
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#begin('unsubscribe', channel);
    this.#subscribed.delete(channel);
    await this.#inner.unsubscribe(this.#nameOf(channel));
  }

  async publish(
    channel: string,
    event: ChannelEvent,
    options: PublishOptions,
  ): Promise<PublishResult> {
    this.#begin('publish', channel);
    const result = await this.#inner.publish(this.#nameOf(channel), event, options);
    return result.position === undefined
      ? result
      : { ...result, position: this.#positionOf(channel, result.position) };
  }

  async history(channel: string, query: HistoryQuery): Promise<HistoryPage> {
    this.#begin('history', channel);
    await this.beforeHistory();
    const page = await this.#inner.history(this.#nameOf(channel), query);
    const position = this.#positionOf(channel, page.position);
    await this.afterHistory();
    return { ...page, position };
  }

  removeHistory(channel: string): Promise<void> {
    return this.#inner.removeHistory(this.#nameOf(channel));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** The stream begins anew: history, offsets and epoch. */
  forget(channel: string): void {
    const isSubscribed = this.#subscribed.has(channel);
    if (isSubscribed) void this.#inner.unsubscribe(this.#nameOf(channel));
    this.#lives.set(channel, (this.#lives.get(channel) ?? 0) + 1);
    if (isSubscribed) void this.#inner.subscribe(this.#nameOf(channel));
  }

  /** Delivers what was delayed, the newest first: late and out of order. */
  releaseDelayed(): void {
    const delayed = this.#delayed.reverse();
    this.#delayed = [];
    for (const { channel, event, epoch } of delayed) {
      this.#handler?.handleEvent(channel, event, epoch);
    }
  }

  countOf(call: Call, channel: string): number {
    return this.calls.filter((each) => each === `${call} ${channel}`).length;
  }

  #begin(call: Call, channel: string): void {
    this.calls.push(`${call} ${channel}`);
    if (call === 'history' && this.failing.has(call)) this.historyFailures += 1;
    if (this.failing.has(call)) throw new Error(`${call} failed, as the test wished`);
  }

  #nameOf(channel: string): string {
    return `${channel}\u0001${this.#lives.get(channel) ?? 0}`;
  }

  /** A forgotten stream is another channel to the broker inside, and may get an epoch that was there before. */
  #epochOf(channel: string, epoch: string): string {
    return `${epoch}/${this.#lives.get(channel) ?? 0}`;
  }

  #positionOf(channel: string, { epoch, offset }: StreamPosition): StreamPosition {
    return { epoch: this.#epochOf(channel, epoch), offset };
  }

  #deliver(delivery: Delivery): void {
    const { channel, event, epoch } = delivery;
    const fate = event.type === 'publication' ? this.fate(event) : 'deliver';
    if (fate === 'lose') return;
    if (fate === 'delay') {
      this.#delayed.push(delivery);
      return;
    }
    this.#handler?.handleEvent(channel, event, epoch);
    if (fate === 'repeat') this.#handler?.handleEvent(channel, event, epoch);
  }
}
