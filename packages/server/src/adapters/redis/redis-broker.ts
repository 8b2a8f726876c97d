/**
 * The broker over Redis. One script per publication saves and publishes it atomically; every node
 * gets it back by PUB/SUB, its own publisher's included, so that all see one order.
 *
 * While Redis is away, publications reach this node's own subscribers at once and are refused to
 * the caller, whose outbox tells them again. What was lost is found by whoever compares positions:
 * `handleReconnected` says when.
 */
import type { ChannelEvent, Publication, StreamPosition } from '@carillon/protocol';
import type {
  Broker,
  BrokerHandler,
  HistoryPage,
  HistoryQuery,
  PublishOptions,
  PublishResult,
} from '../../ports/broker.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Eventually } from '../../ports/eventually.ts';
import type { Logger } from '../../ports/logger.ts';
import { decodeEntry, decodeMessage, decodePosition, encodeBody } from './broker-envelope.ts';
import { LocalDeliveries } from './broker-local-deliveries.ts';
import { channelOf, namesOf, pubSubOf } from './broker-names.ts';
import { HISTORY_SCRIPT, PUBLISH_SCRIPT } from './broker-scripts.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface RedisBrokerLimits {
  /** A position outlives its history by this much, and is kept as long as somebody asks for it. */
  readonly positionTtlMs: number;
  readonly idempotencyTtlMs: number;
  /** Publications of which is remembered that they were delivered here while Redis was away. */
  readonly maxLocalDeliveries: number;
}

export const DEFAULT_REDIS_BROKER_LIMITS: RedisBrokerLimits = {
  positionTtlMs: 24 * 60 * 60_000,
  idempotencyTtlMs: 5 * 60_000,
  maxLocalDeliveries: 20_000,
};

export interface RedisBrokerOptions {
  /** Closed by whoever made them, after the broker. */
  readonly connections: RedisConnections;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<RedisBrokerLimits>;
}

export function createRedisBroker(options: RedisBrokerOptions): Broker {
  return new RedisBroker(options);
}

class RedisBroker implements Broker {
  readonly #connections: RedisConnections;
  readonly #nodeId: string;
  readonly #logger: Logger;
  readonly #limits: RedisBrokerLimits;
  readonly #localDeliveries: LocalDeliveries;
  readonly #epochPrefix: string;
  #epochs = 0;
  #handler: BrokerHandler | undefined;
  #stopListening: (() => void) | undefined;

  constructor(options: RedisBrokerOptions) {
    this.#connections = options.connections;
    this.#nodeId = options.nodeId;
    this.#logger = options.logger;
    this.#limits = { ...DEFAULT_REDIS_BROKER_LIMITS, ...options.limits };
    const { idempotencyTtlMs, maxLocalDeliveries } = this.#limits;
    this.#localDeliveries = new LocalDeliveries(
      options.clock,
      idempotencyTtlMs,
      maxLocalDeliveries,
    );
    this.#epochPrefix = options.random.id().replaceAll('-', '').slice(0, 10);
  }

  start(handler: BrokerHandler): Promise<void> {
    this.#handler = handler;
    this.#stopListening = this.#connections.onReconnected(() => handler.handleReconnected?.());
    return Promise.resolve();
  }

  subscribe(channel: string): Eventually<void> {
    return this.#connections.subscribe(this.#pubSubOf(channel), this.#handleMessage);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#connections.unsubscribe(this.#pubSubOf(channel));
  }

  async publish(
    channel: string,
    event: ChannelEvent,
    options: PublishOptions,
  ): Promise<PublishResult> {
    try {
      return await this.#publish(channel, event, options);
    } catch (error) {
      this.#deliverHere(channel, event, options.idempotencyKey);
      throw error;
    }
  }

  async history(channel: string, query: HistoryQuery): Promise<HistoryPage> {
    const { meta, history } = namesOf(this.#connections.prefix, channel);
    const positionTtlMs = String(this.#limits.positionTtlMs);
    const answer = await this.#connections.run(HISTORY_SCRIPT, [meta, history], ({ serverId }) => [
      this.#nextEpoch(),
      serverId,
      positionTtlMs,
      ...rangeOf(query),
    ]);
    const [epoch, offset, first, bodies] = listOf(answer);
    const position = { epoch: String(epoch), offset: Number(offset) };
    const found = readBodies(bodies, { epoch: position.epoch, offset: Number(first) });
    return { position, publications: query.reverse === true ? found.reverse() : found };
  }

  async removeHistory(channel: string): Promise<void> {
    const { history } = namesOf(this.#connections.prefix, channel);
    await this.#connections.command(history, ['UNLINK', history]);
  }

  close(): Promise<void> {
    this.#stopListening?.();
    this.#handler = undefined;
    return Promise.resolve();
  }

  async #publish(
    channel: string,
    event: ChannelEvent,
    options: PublishOptions,
  ): Promise<PublishResult> {
    const { idempotencyKey } = options;
    const historySize = event.type === 'publication' ? (options.historySize ?? 0) : 0;
    const isKnownHere =
      historySize <= 0 &&
      idempotencyKey !== undefined &&
      this.#localDeliveries.has(channel, idempotencyKey);
    // One with an offset cannot be left out: the next one would show a gap, and bring it after all.
    const body = encodeBody(event, isKnownHere ? this.#nodeId : undefined);
    if (historySize > 0 || idempotencyKey !== undefined) {
      return this.#runPublish(channel, body, { ...options, historySize });
    }
    await this.#connections.publish(this.#pubSubOf(channel), ` ${body}`);
    return NO_POSITION;
  }

  async #runPublish(
    channel: string,
    body: string,
    options: PublishOptions,
  ): Promise<PublishResult> {
    const { prefix, publishCommand } = this.#connections;
    const { positionTtlMs, idempotencyTtlMs } = this.#limits;
    const { historySize = 0, historyTtlMs = positionTtlMs, idempotencyKey } = options;
    const { pubSub, meta, history } = namesOf(prefix, channel);
    const isOnce = idempotencyKey !== undefined;
    const answer = await this.#connections.run(
      PUBLISH_SCRIPT,
      isOnce ? [meta, history, `${pubSub}:i:${idempotencyKey}`] : [meta, history],
      ({ serverId }) => [
        body,
        publishCommand,
        pubSub,
        String(historySize),
        String(historyTtlMs),
        String(historyTtlMs + positionTtlMs),
        this.#nextEpoch(),
        serverId,
        ...(isOnce ? [String(idempotencyTtlMs)] : []),
      ],
    );
    const [isDuplicate, at] = listOf(answer);
    const position = decodePosition(String(at));
    return { duplicate: isDuplicate === 1, ...(position === undefined ? {} : { position }) };
  }

  readonly #handleMessage = (message: Buffer, pubSub: string): void => {
    const channel = channelOf(this.#connections.prefix, pubSub);
    const envelope = decodeMessage(message.toString());
    if (envelope === undefined) {
      this.#logger.warn({ channel, bytes: message.length }, 'a message was not understood');
      return;
    }
    if (envelope.deliveredBy === this.#nodeId) return;
    this.#handler?.handleEvent(channel, envelope.event, envelope.position?.epoch);
  };

  /** Those on this node hear of it although the others cannot be reached; once, however often it is tried. */
  #deliverHere(channel: string, event: ChannelEvent, idempotencyKey: string | undefined): void {
    if (!this.#connections.isSubscribed(this.#pubSubOf(channel))) return;
    if (idempotencyKey !== undefined) {
      if (this.#localDeliveries.has(channel, idempotencyKey)) return;
      this.#localDeliveries.add(channel, idempotencyKey);
    }
    this.#handler?.handleEvent(channel, event);
  }

  #pubSubOf(channel: string): string {
    return pubSubOf(this.#connections.prefix, channel);
  }

  #nextEpoch(): string {
    this.#epochs += 1;
    return `${this.#epochPrefix}.${this.#epochs.toString(36)}`;
  }
}

const NO_POSITION: PublishResult = { duplicate: false };

/** Arguments of the history script: which part is read. */
function rangeOf({ since, limit, reverse }: HistoryQuery): string[] {
  if (limit === 0) return [];
  const offset = since === undefined ? '' : String(since.offset);
  return [reverse === true ? 'before' : 'after', offset, String(limit)];
}

function readBodies(bodies: unknown, first: StreamPosition): Publication[] {
  const publications: Publication[] = [];
  for (const [index, body] of listOf(bodies).entries()) {
    const position = { epoch: first.epoch, offset: first.offset + index };
    const publication = decodeEntry(String(body), position);
    if (publication !== undefined) publications.push(publication);
  }
  return publications;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
