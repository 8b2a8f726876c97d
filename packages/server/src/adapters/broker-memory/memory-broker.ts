/**
 * The broker of a single process. Everything happens inside the call, so a publication is saved
 * and delivered before its promise is handed back.
 *
 * Memory is bounded: beyond the total the streams that were quiet longest are forgotten whole.
 * A forgotten stream comes back under a new epoch, so that nobody can take "forgotten" for
 * "nothing missed". A channel in which nothing was ever kept has no stream at all: everybody has a
 * channel of their own, and most of those stay silent.
 */
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
import { HistoryStream } from './history-stream.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';

export interface MemoryBrokerLimits {
  /** All histories together, roughly. */
  readonly maxHistoryBytes: number;
  /** Channels whose position is remembered, with or without history. */
  readonly maxStreams: number;
  /** A position outlives the history it belonged to by this much. */
  readonly positionTtlMs: number;
  readonly idempotencyTtlMs: number;
  readonly maxIdempotencyKeys: number;
  readonly sweepIntervalMs: number;
}

export const DEFAULT_MEMORY_BROKER_LIMITS: MemoryBrokerLimits = {
  maxHistoryBytes: 256 * 1024 * 1024,
  maxStreams: 200_000,
  positionTtlMs: 24 * 60 * 60_000,
  idempotencyTtlMs: 5 * 60_000,
  maxIdempotencyKeys: 200_000,
  sweepIntervalMs: 5_000,
};

/** Streams looked at per sweep, so that no sweep holds the event loop up. */
const SWEEP_BATCH = 2_000;

export function createMemoryBroker(
  dependencies: { readonly clock: Clock; readonly random: Random },
  limits: Partial<MemoryBrokerLimits> = {},
): Broker {
  return new MemoryBroker(dependencies, { ...DEFAULT_MEMORY_BROKER_LIMITS, ...limits });
}

class MemoryBroker implements Broker {
  readonly deliversReliably = true;
  readonly #clock: Clock;
  readonly #limits: MemoryBrokerLimits;
  readonly #keys: IdempotencyKeys;
  /** Subscribed channel → the generation that names its epoch until something is kept in it. */
  readonly #subscribed = new Map<string, number>();
  /** Quiet longest first. */
  readonly #streams = new Map<string, HistoryStream>();
  /** Goes round all streams, a batch per sweep. */
  #sweepCursor = this.#streams.entries();
  readonly #epochPrefix: string;
  /** How many streams were forgotten: positions of silent channels from before and after differ. */
  #generation = 0;
  #bytes = 0;
  #handler: BrokerHandler | undefined;
  #cancelSweep: (() => void) | undefined;

  constructor(
    dependencies: { readonly clock: Clock; readonly random: Random },
    limits: MemoryBrokerLimits,
  ) {
    this.#clock = dependencies.clock;
    this.#limits = limits;
    this.#keys = new IdempotencyKeys(limits.idempotencyTtlMs, limits.maxIdempotencyKeys);
    this.#epochPrefix = dependencies.random.id().replaceAll('-', '').slice(0, 8);
  }

  start(handler: BrokerHandler): Promise<void> {
    this.#handler = handler;
    this.#armSweep();
    return DONE;
  }

  subscribe(channel: string): void {
    this.#subscribed.set(channel, this.#generation);
  }

  unsubscribe(channel: string): Promise<void> {
    this.#subscribed.delete(channel);
    return DONE;
  }

  publish(channel: string, event: ChannelEvent, options: PublishOptions): Promise<PublishResult> {
    const { idempotencyKey } = options;
    if (idempotencyKey === undefined)
      return Promise.resolve(this.#publish(channel, event, options));
    const nowMs = this.#clock.monotonic();
    const key = `${channel}\n${idempotencyKey}`;
    const known = this.#keys.find(key, nowMs);
    if (known !== undefined) return Promise.resolve({ ...known, duplicate: true });
    const result = this.#publish(channel, event, options);
    this.#keys.remember(key, result, nowMs);
    return Promise.resolve(result);
  }

  history(channel: string, query: HistoryQuery): HistoryPage {
    const stream = this.#streams.get(channel);
    if (stream === undefined) {
      return { position: { epoch: this.#silentEpoch(channel), offset: 0 }, publications: NONE };
    }
    this.#measured(stream, () => stream.expire(this.#clock.monotonic()));
    return stream.read(query);
  }

  removeHistory(channel: string): Promise<void> {
    const stream = this.#streams.get(channel);
    if (stream !== undefined) this.#measured(stream, () => stream.clear());
    return DONE;
  }

  close(): Promise<void> {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    this.#handler = undefined;
    this.#streams.clear();
    this.#bytes = 0;
    return DONE;
  }

  #publish(channel: string, event: ChannelEvent, options: PublishOptions): PublishResult {
    if (event.type !== 'publication' || (options.historySize ?? 0) <= 0) {
      this.#deliver(channel, event);
      return NO_POSITION;
    }
    const { stored, stream } = this.#save(channel, event.publication, options);
    const { position } = stream;
    this.#evict(channel);
    this.#deliver(channel, { type: 'publication', publication: stored }, stream.epoch);
    return { position, duplicate: false };
  }

  #save(
    channel: string,
    publication: Publication,
    options: PublishOptions,
  ): { stored: Publication; stream: HistoryStream } {
    const nowMs = this.#clock.monotonic();
    const stream =
      this.#streams.get(channel) ?? new HistoryStream(this.#silentEpoch(channel), nowMs);
    this.#streams.delete(channel);
    this.#streams.set(channel, stream);
    const bytesBefore = stream.bytes;
    const stored = stream.append(publication, options, nowMs);
    this.#bytes += stream.bytes - bytesBefore;
    return { stored, stream };
  }

  #deliver(channel: string, event: ChannelEvent, epoch?: string): void {
    if (this.#subscribed.has(channel)) this.#handler?.handleEvent(channel, event, epoch);
  }

  /** The epoch under which the first publication of a channel without a stream will come. */
  #silentEpoch(channel: string): string {
    const generation = this.#subscribed.get(channel) ?? this.#generation;
    return `${this.#epochPrefix}.${generation.toString(36)}`;
  }

  /** Makes room at the expense of the streams that were quiet longest, never of `inUse`. */
  #evict(inUse: string): void {
    const { maxHistoryBytes, maxStreams } = this.#limits;
    if (this.#bytes <= maxHistoryBytes && this.#streams.size <= maxStreams) return;
    for (const [channel, stream] of this.#streams) {
      if (this.#bytes <= maxHistoryBytes && this.#streams.size <= maxStreams) return;
      if (channel !== inUse) this.#forget(channel, stream);
    }
  }

  #forget(channel: string, stream: HistoryStream): void {
    this.#bytes -= stream.bytes;
    this.#streams.delete(channel);
    this.#generation += 1;
    if (this.#subscribed.has(channel)) this.#subscribed.set(channel, this.#generation);
  }

  #measured(stream: HistoryStream, change: () => void): void {
    const bytesBefore = stream.bytes;
    change();
    this.#bytes += stream.bytes - bytesBefore;
  }

  #armSweep(): void {
    this.#cancelSweep = this.#clock.after(this.#limits.sweepIntervalMs, () => {
      this.#sweep();
      this.#armSweep();
    });
  }

  /** Frees expired history, and forgets positions nobody is subscribed to once they are old. */
  #sweep(): void {
    const nowMs = this.#clock.monotonic();
    for (let looked = 0; looked < SWEEP_BATCH; looked += 1) {
      const next = this.#sweepCursor.next();
      if (next.done === true) {
        this.#sweepCursor = this.#streams.entries();
        return;
      }
      const [channel, stream] = next.value;
      this.#measured(stream, () => stream.expire(nowMs));
      const isOld = nowMs >= stream.expiresAtMs + this.#limits.positionTtlMs;
      if (stream.isEmpty && isOld && !this.#subscribed.has(channel)) this.#forget(channel, stream);
    }
  }
}

const DONE: Promise<void> = Promise.resolve();
const NONE: readonly Publication[] = [];
const NO_POSITION: PublishResult = { duplicate: false };
