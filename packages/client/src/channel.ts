/** One channel as a program sees it: publications in order, each once, and an honest word where some are missing. */
import type { CarillonError } from './carillon-error.ts';
import type { Readable } from './readable.ts';

/** A place in a channel's stream. An offset means nothing without its epoch. */
export interface StreamPosition {
  readonly epoch: string;
  readonly offset: number;
}

/** A connection: of who published, who is there, who comes and goes. */
export interface Publisher {
  readonly user: string;
  readonly client: string;
  readonly connInfo?: unknown;
  readonly chanInfo?: unknown;
}

export interface Publication {
  readonly data: unknown;
  /** Absent in channels without history. */
  readonly offset?: number;
  readonly info?: Publisher;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Publications were missed and the server no longer has them. What the channel tells of has to be
 * loaded anew; `to` is where the live publications go on, so load first, then drop what is older.
 */
export interface Gap {
  readonly channel: string;
  /** The last one that arrived; absent where nothing had. */
  readonly from?: StreamPosition;
  /** Where it goes on; absent in channels without history. */
  readonly to?: StreamPosition;
}

export type ChannelState =
  | { readonly status: 'unsubscribed' }
  | { readonly status: 'subscribing' }
  | {
      readonly status: 'subscribed';
      /** False: there may have been publications that this program never saw (also told as a gap). */
      readonly wasRecovered: boolean;
      /** What the server answers a subscriber with: a task's snapshot. */
      readonly data?: unknown;
    }
  /** Refused; does not try again by itself. */
  | { readonly status: 'failed'; readonly error: CarillonError };

export interface HistoryQuery {
  /** 0: the position only. @default as many as the server gives */
  readonly limit?: number;
  /** Only what came after it; before it where reversed. */
  readonly since?: StreamPosition;
  /** The newest first. */
  readonly isReverse?: boolean;
}

export interface HistoryPage {
  readonly publications: readonly Publication[];
  readonly position: StreamPosition;
}

export interface PresenceStats {
  readonly clients: number;
  readonly users: number;
}

export interface Channel {
  readonly name: string;
  readonly state: Readable<ChannelState>;
  /** Holds the channel; it is let go when nobody holds it. Returns how to let go. */
  subscribe(): () => void;
  /** In order and each once, while the channel is held. Returns how to stop. */
  onPublication(listener: (publication: Publication) => void): () => void;
  /** Told before anything newer is passed on. Returns how to stop. */
  onGap(listener: (gap: Gap) => void): () => void;
  /**
   * Where the channel tells who comes and goes. Asked for with the subscription: the first listener on a
   * live channel makes it subscribe anew, which misses nothing where there is a history.
   */
  onJoin(listener: (who: Publisher) => void): () => void;
  /** As `onJoin`. */
  onLeave(listener: (who: Publisher) => void): () => void;
  /**
   * @param options `idempotencyKey`: the same key again within five minutes publishes nothing, so that what
   * may have been sent can be sent again.
   * @throws CarillonError 103 where clients may not publish
   */
  publish(data: unknown, options?: { readonly idempotencyKey?: string }): Promise<void>;
  /** Who is there now, a connection each. @throws CarillonError 108 in channels without presence */
  presence(): Promise<readonly Publisher[]>;
  /** How many are there now. @throws CarillonError 108 in channels without presence */
  presenceStats(): Promise<PresenceStats>;
  /** What the channel still keeps. @throws CarillonError 108 in channels without history */
  history(query?: HistoryQuery): Promise<HistoryPage>;
}
