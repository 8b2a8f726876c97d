/** Who is in a channel now. */
import type { CarillonError } from '../carillon-error.ts';
import type { Readable } from '../readable.ts';

export interface PresenceState {
  readonly status: 'loading' | 'ready' | 'error';
  /** User ids, each once however many connections they have; sorted. */
  readonly users: readonly string[];
  readonly error?: CarillonError;
}

export interface ChannelPresence {
  readonly state: Readable<PresenceState>;
  /** Lets go; the channel is left when nobody holds it. */
  release(): void;
}

export interface Presence {
  /** Subscribes to the channel, which needs a namespace with presence. */
  watch(channel: string): ChannelPresence;
  close(): void;
}
