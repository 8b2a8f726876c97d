/**
 * Channels over NATS. What a channel keeps goes through JetStream, one stream per namespace, and is
 * published on by JetStream itself once it is saved; what passes goes through core NATS. Both come
 * in on one subject per channel, which this node listens to only while somebody here is subscribed.
 *
 *   publish ──kept────▶ <prefix>.h.<namespace>.<channel> ──saved──▶ <prefix>.l.<namespace>.<channel> ──▶ nodes
 *   publish ──passing─────────────────────────────────────────────▶
 *
 * Knows nothing of subscribers, and nothing of what a publication says.
 */
import { createHash } from 'node:crypto';
import type { ChannelEvent, Publication } from '@carillon/protocol';
import type {
  Broker,
  BrokerHandler,
  HistoryPage,
  HistoryQuery,
  PublishOptions,
  PublishResult,
} from '../../ports/broker.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { decodeEvent, decodeRecord, encodeEvent, isRecord } from './channel-record.ts';
import { ChannelBook } from './channel-book.ts';
import type { KnownChannel } from './channel-book.ts';
import { DeliveredKeys } from './delivered-keys.ts';
import type { NatsLimits } from './nats-engine-options.ts';
import { NatsAwayError } from './nats-link.ts';
import type { NatsLink } from './nats-link.ts';
import { RecordStream } from './record-stream.ts';

export interface NatsBrokerDependencies {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: NatsLimits;
}

const PASSING_BYTES = 64 * 1024 * 1024;
const RETRY_MS = 250;

export function createNatsBroker(dependencies: NatsBrokerDependencies): Broker {
  return new NatsBroker(dependencies);
}

class NatsBroker implements Broker {
  readonly #link: NatsLink;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: NatsLimits;
  readonly #channels: ChannelBook;
  /** Publications that pass but must not pass twice: JetStream recognises their keys. */
  readonly #passing: RecordStream;
  readonly #subscriptions = new Map<string, () => void>();
  readonly #deliveredKeys = new DeliveredKeys();
  #handler: BrokerHandler | undefined;
  #pending = 0;
  #stopListening: (() => void) | undefined;

  constructor(dependencies: NatsBrokerDependencies) {
    const { link, prefix, limits } = dependencies;
    this.#link = link;
    this.#clock = dependencies.clock;
    this.#logger = dependencies.logger;
    this.#limits = limits;
    this.#channels = new ChannelBook(dependencies);
    this.#passing = new RecordStream(
      link,
      {
        name: `${prefix}-passing`,
        subjects: `${prefix}.e.>`,
        republish: { src: `${prefix}.e.>`, dest: `${prefix}.l.>` },
        storage: 'memory',
        maxBytes: PASSING_BYTES,
        duplicateWindowMs: limits.idempotencyTtlMs,
      },
      { perSubject: 1, maxAgeMs: limits.idempotencyTtlMs },
    );
  }

  async start(handler: BrokerHandler): Promise<void> {
    this.#handler = handler;
    this.#stopListening = this.#link.onReturned(() => void this.#handleReturned());
    await this.#passing.ensure();
  }

  /** In force at the server when it resolves; at once while NATS is away, for it comes by itself then. */
  subscribe(channel: string): Promise<void> | undefined {
    if (!this.#subscriptions.has(channel)) {
      const subject = this.#channels.subjects(channel).live;
      const end = this.#link.subscribe(subject, ({ data, headers }) => {
        this.#receive(channel, data, Number(headers?.get('Nats-Sequence') ?? 0));
      });
      this.#subscriptions.set(channel, end);
    }
    return this.#link.isUp ? this.#link.flushed().catch(ignoreAway) : undefined;
  }

  unsubscribe(channel: string): Promise<void> {
    this.#subscriptions.get(channel)?.();
    this.#subscriptions.delete(channel);
    return Promise.resolve();
  }

  async publish(
    channel: string,
    event: ChannelEvent,
    options: PublishOptions,
  ): Promise<PublishResult> {
    this.#pending += 1;
    try {
      if (this.#pending > this.#limits.maxPendingPublications) {
        throw new NatsAwayError('too many publications are waiting for NATS');
      }
      if (!this.#link.isUp) throw new NatsAwayError('NATS cannot be reached');
      return await this.#send(channel, event, options);
    } catch (error) {
      this.#deliverHere(channel, event, options.idempotencyKey);
      throw error;
    } finally {
      this.#pending -= 1;
    }
  }

  async history(channel: string, query: HistoryQuery): Promise<HistoryPage> {
    return this.#channels.known(channel).log.read(query);
  }

  async removeHistory(channel: string): Promise<void> {
    await this.#channels.known(channel).log.clear();
  }

  async close(): Promise<void> {
    this.#handler = undefined;
    this.#stopListening?.();
    for (const end of this.#subscriptions.values()) end();
    this.#subscriptions.clear();
    this.#channels.clear();
    if (this.#link.isUp) await this.#link.flushed().catch(ignoreAway);
  }

  #send(channel: string, event: ChannelEvent, options: PublishOptions): Promise<PublishResult> {
    const isKept = event.type === 'publication' && (options.historySize ?? 0) > 0;
    if (isKept) return this.#keep(this.#channels.known(channel), event.publication, options);
    return this.#pass(channel, event, options.idempotencyKey);
  }

  #keep(
    channel: KnownChannel,
    publication: Publication,
    options: PublishOptions,
  ): Promise<PublishResult> {
    const { idempotencyKey } = options;
    const messageId =
      idempotencyKey === undefined ? undefined : messageIdOf(channel.name, idempotencyKey);
    return new Promise<PublishResult>((resolve, reject) => {
      channel.appender.push({ publication, options, messageId, resolve, reject });
    });
  }

  async #pass(channel: string, event: ChannelEvent, key?: string): Promise<PublishResult> {
    const { live, passing } = this.#channels.subjects(channel);
    if (key === undefined) {
      this.#link.publish(live, encodeEvent({ event }));
      await this.#link.flushed();
      return { duplicate: false };
    }
    const messageId = messageIdOf(channel, key);
    const result = await this.#passing.write(passing, encodeEvent({ event, key }), { messageId });
    return { duplicate: result.type === 'duplicate' };
  }

  #receive(channel: string, bytes: Uint8Array, seq: number): void {
    if (!isRecord(bytes)) {
      const passing = decodeEvent(bytes);
      if (passing === undefined) return;
      const isKnown = passing.key !== undefined && this.#deliveredKeys.has(channel, passing.key);
      if (!isKnown) this.#handler?.handleEvent(channel, passing.event);
      return;
    }
    const record = decodeRecord(bytes);
    if (record === undefined) return;
    const { head, publications } = record;
    this.#channels.handleRecord(channel, seq, head);
    for (const publication of publications) {
      this.#handler?.handleEvent(channel, { type: 'publication', publication }, head.epoch);
    }
  }

  /** NATS does not carry it: whoever is here gets it all the same, without a place in the history. */
  #deliverHere(channel: string, event: ChannelEvent, key: string | undefined): void {
    if (!this.#subscriptions.has(channel)) return;
    if (key !== undefined && !this.#deliveredKeys.add(channel, key)) return;
    this.#handler?.handleEvent(channel, event);
  }

  async #handleReturned(): Promise<void> {
    this.#passing.recheck();
    this.#channels.recheck();
    // The server is back, JetStream may need a moment longer. Lost again: there will be another return.
    while (this.#link.isUp && this.#handler !== undefined) {
      try {
        await this.#passing.ensure();
        this.#handler.handleReconnected?.();
        return;
      } catch (error) {
        this.#logger.debug({ err: error }, 'JetStream is not back yet');
        await this.#pause(RETRY_MS);
      }
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(delayMs, resolve);
    });
  }
}

/** Short, and the same on every node. */
const messageIdOf = (channel: string, key: string): string =>
  createHash('sha256').update(`${channel}\n${key}`).digest('base64url');

function ignoreAway(error: unknown): void {
  if (!(error instanceof NatsAwayError)) throw error;
}
