/**
 * What one shard's PUB/SUB connection shall be subscribed to, and what it has been told so far.
 * Changes of a tick go out together. While the connection is away they are only remembered; a new
 * connection is told everything.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { asError, type RedisClient } from './connection-link.ts';
import { slotOf } from './connection-slots.ts';

/** `message` is the connection's own buffer: read it now, or copy it. */
export type MessageHandler = (message: Buffer, channel: string) => void;

export interface SubscriptionsOptions {
  /** Sharded PUB/SUB of Redis Cluster: SSUBSCRIBE, which takes channels of one slot at a time. */
  readonly isSharded: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The server refused, because the channel lives elsewhere now. */
  readonly handleRefused: (error: Error) => void;
}

const BATCH = 500;
const RETRY_MS = 500;

export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #wanted = new Map<string, MessageHandler>();
  readonly #patterns = new Map<string, MessageHandler>();
  /** What the present connection was asked for. */
  #told = new Set<string>();
  #changed = new Set<string>();
  #client: RedisClient | undefined;
  /** Settles when the changes of this tick have been answered. */
  #flushed: Promise<void> | undefined;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#wanted.size;
  }

  has(channel: string): boolean {
    return this.#wanted.has(channel);
  }

  channels(): IterableIterator<[string, MessageHandler]> {
    return this.#wanted.entries();
  }

  /** Resolved when the server has confirmed it, or the connection is away. Never rejects. */
  subscribe(channel: string, handler: MessageHandler): Promise<void> | undefined {
    this.#wanted.set(channel, handler);
    return this.#change(channel);
  }

  unsubscribe(channel: string): Promise<void> | undefined {
    return this.#wanted.delete(channel) ? this.#change(channel) : undefined;
  }

  /** Plain PUB/SUB, also in a cluster, where every node hears of it. */
  async subscribePattern(pattern: string, handler: MessageHandler): Promise<void> {
    this.#patterns.set(pattern, handler);
    await this.#client?.pSubscribe(pattern, this.#patternListener(pattern), true);
  }

  async unsubscribePattern(pattern: string): Promise<void> {
    if (this.#patterns.delete(pattern)) await this.#client?.pUnsubscribe(pattern);
  }

  /** Tells a new connection everything. Rejects when it does not take it. */
  async attach(client: RedisClient): Promise<void> {
    this.#told = new Set(this.#wanted.keys());
    this.#changed.clear();
    this.#client = client;
    client.on('sharded-channel-moved', (channel: string) => {
      this.#refused(new Error(`the slot of ${channel} moved`), [channel]);
    });
    const patterns = [...this.#patterns.keys()].map((pattern) =>
      client.pSubscribe(pattern, this.#patternListener(pattern), true),
    );
    try {
      await Promise.all([...patterns, this.#send(client, 'subscribe', [...this.#told])]);
    } catch (error) {
      this.detach(client);
      throw error;
    }
  }

  detach(client: RedisClient | undefined = this.#client): void {
    if (client === this.#client) this.#client = undefined;
  }

  #change(channel: string): Promise<void> | undefined {
    if (this.#client === undefined) return undefined;
    this.#changed.add(channel);
    this.#flushed ??= new Promise((resolve) => {
      this.#options.clock.defer(() => {
        this.#flushed = undefined;
        resolve(this.#flush());
      });
    });
    return this.#flushed;
  }

  async #flush(): Promise<void> {
    const client = this.#client;
    const changed = this.#changed;
    this.#changed = new Set();
    if (client === undefined) return;
    const added: string[] = [];
    const dropped: string[] = [];
    for (const channel of changed) {
      const isWanted = this.#wanted.has(channel);
      if (isWanted === this.#told.has(channel)) continue;
      if (isWanted) added.push(channel);
      else dropped.push(channel);
    }
    for (const channel of added) this.#told.add(channel);
    for (const channel of dropped) this.#told.delete(channel);
    try {
      await Promise.all([
        this.#send(client, 'unsubscribe', dropped),
        this.#send(client, 'subscribe', added),
      ]);
    } catch (error) {
      // A connection that broke is replaced, and the next one is told everything.
      if (client === this.#client && client.isReady) this.#refused(asError(error), added);
    }
  }

  #refused(error: Error, channels: readonly string[]): void {
    const { handleRefused, logger, clock } = this.#options;
    logger.warn({ err: error, channels }, 'Redis refused subscriptions');
    for (const channel of channels) this.#told.delete(channel);
    handleRefused(error);
    clock.after(RETRY_MS, () => {
      for (const channel of channels) if (this.#wanted.has(channel)) void this.#change(channel);
    });
  }

  async #send(
    client: RedisClient,
    what: 'subscribe' | 'unsubscribe',
    channels: readonly string[],
  ): Promise<void> {
    if (!this.#options.isSharded) {
      await Promise.all(
        inBatches(channels).map((batch) =>
          what === 'subscribe'
            ? client.subscribe(batch, this.#listener, true)
            : client.unsubscribe(batch, this.#listener, true),
        ),
      );
      return;
    }
    await Promise.all(bySlot(channels).map((batch) => this.#sendSharded(client, what, batch)));
  }

  /** One slot that lives elsewhere now, or nowhere, must not stop the others. */
  async #sendSharded(
    client: RedisClient,
    what: 'subscribe' | 'unsubscribe',
    batch: string[],
  ): Promise<void> {
    try {
      if (what === 'subscribe') await client.sSubscribe(batch, this.#listener, true);
      else await client.sUnsubscribe(batch, this.#listener, true);
    } catch (error) {
      if (!client.isReady) throw error;
      if (what === 'subscribe') this.#refused(asError(error), batch);
    }
  }

  readonly #listener = (message: Buffer, channel: Buffer): void => {
    const name = channel.toString();
    this.#wanted.get(name)?.(message, name);
  };

  #patternListener(pattern: string): (message: Buffer, channel: Buffer) => void {
    return (message, channel) => this.#patterns.get(pattern)?.(message, channel.toString());
  }
}

function inBatches(channels: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let from = 0; from < channels.length; from += BATCH) {
    batches.push(channels.slice(from, from + BATCH));
  }
  return batches;
}

function bySlot(channels: readonly string[]): string[][] {
  const groups = new Map<number, string[]>();
  for (const channel of channels) {
    const slot = slotOf(channel);
    const group = groups.get(slot);
    if (group === undefined) groups.set(slot, [channel]);
    else group.push(channel);
  }
  return [...groups.values()];
}
