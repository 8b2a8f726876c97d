/** One channel as a program sees it: publications in order, each once, and an honest word where some are missing. */
import type { CarillonError } from './carillon-error.ts';
import type { Readable } from './readable.ts';

export interface StreamPosition {
  readonly epoch: string;
  readonly offset: number;
}

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
  readonly limit?: number;
  readonly since?: StreamPosition;
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
  onPublication(listener: (publication: Publication) => void): () => void;
  onGap(listener: (gap: Gap) => void): () => void;
  onJoin(listener: (who: Publisher) => void): () => void;
  onLeave(listener: (who: Publisher) => void): () => void;
  /** @throws CarillonError */
  publish(data: unknown, options?: { readonly idempotencyKey?: string }): Promise<void>;
  presence(): Promise<readonly Publisher[]>;
  presenceStats(): Promise<PresenceStats>;
  history(query?: HistoryQuery): Promise<HistoryPage>;
}
