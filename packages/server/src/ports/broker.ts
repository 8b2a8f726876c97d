import type { ChannelEvent, StreamPosition, Publication } from '@carillon/protocol';
import type { Eventually } from './eventually.ts';

export interface PublishOptions {
  /** Keep at most this many publications; 0 or absent: no history, no offset. */
  readonly historySize?: number;
  readonly historyTtlMs?: number;
  /** The same key within `idempotencyTtlMs` (default 5 minutes) answers the first position and publishes nothing. */
  readonly idempotencyKey?: string;
}

export interface PublishResult {
  /** Absent where the channel keeps no history. */
  readonly position?: StreamPosition;
  /** True when the idempotency key had been seen: nothing was sent. */
  readonly duplicate: boolean;
}

export interface HistoryQuery {
  /** Only after this position (before it when `reverse`). */
  readonly since?: StreamPosition;
  /** 0: position only; -1: all. */
  readonly limit: number;
  readonly reverse?: boolean;
}

export interface HistoryPage {
  readonly position: StreamPosition;
  readonly publications: readonly Publication[];
}

/** Implemented by the hub. Called in publication order per channel. */
export interface BrokerHandler {
  /** `epoch` comes with every publication that has an offset. */
  handleEvent(channel: string, event: ChannelEvent, epoch?: string): void;
  /**
   * The broker was away and is back, and subscribed again to everything: what was published
   * meanwhile is looked for now, not only at the next regular check.
   */
  handleReconnected?(): void;
}

/**
 * PUB/SUB and history in one port, because saving and publishing must be atomic per channel.
 * Every method rejects only when the broker itself fails. While it is away, `publish` delivers to
 * this node's own subscribers, as an event without offset, and then rejects; `subscribe` succeeds
 * and is carried out on return; `history` rejects.
 */
export interface Broker {
  /** True where a saved publication cannot fail to be delivered (one process): nobody looks for lost ones. */
  readonly deliversReliably?: boolean;
  start(handler: BrokerHandler): Promise<void>;
  subscribe(channel: string): Eventually<void>;
  unsubscribe(channel: string): Promise<void>;
  publish(channel: string, event: ChannelEvent, options: PublishOptions): Promise<PublishResult>;
  history(channel: string, query: HistoryQuery): Eventually<HistoryPage>;
  removeHistory(channel: string): Promise<void>;
  close(): Promise<void>;
}
