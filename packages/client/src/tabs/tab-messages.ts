/**
 * What the tabs of one browser say to each other so that one connection serves all of them.
 *
 * One tab leads: it holds the lock, has the connection, and runs a hub (tab-hub.ts). Every tab, the
 * leading one too, runs a rider (tab-rider.ts), which is the `Client` that programs use.
 *
 *   rider ───who───▶ hub      who leads? Asked when a tab starts; answered by `leader`
 *   rider ──hello──▶ hub      I am here: what I want, what I hold, and up to where I have it
 *   rider ◀─leader── hub      a new hub; its number is higher than all before. All say hello again,
 *                             and what was asked of the hub before has failed (`connection_lost`)
 *   rider ◀─state─── hub      the connection's state and user, to all, with each change
 *   rider ──hold───▶ hub      subscribe me; answered by `held`, with what this rider has missed;
 *   rider ◀─held──── hub      from then on `channel`, `pub`, `gap`, `join` and `leave` concern it too
 *   rider ──drop───▶ hub      let go; the hub unsubscribes when no rider holds the channel
 *   rider ──ask────▶ hub      a call, or a question about a channel; answered by `answer` or `refusal`
 *   rider ◀─caught_up─ hub    what was missed of the channels that the server subscribed has been told
 *   rider ◀─server── hub      a publication of such a channel; those to all concern who is caught up
 *   rider ──ping───▶ hub      answered by `pong`; a hub that is silent twice has its lock taken away
 *
 * A tab that is gone, however, is known by its own lock becoming free.
 *
 * A tab that was put aside by its browser (a page one has left and may come back to) hears nothing and
 * is told nothing later. It knows by the number that every message of a hub carries, and says hello
 * again.
 *
 * Nothing lost, nothing doubled: a rider knows its position in each stream. A new hub first collects
 * the hellos and recovers from the lowest position any tab has; each rider drops what it already has
 * by its offset. A rider that speaks up late gets what it missed from what the hub remembers, and an
 * honest gap where that does not reach far enough back. A tab that was frozen while another took
 * over may still speak and listen as a hub: its number is lower, and nobody minds it.
 */
import type { Method } from '@carillon/protocol/procedures';
import { CarillonError, type ClientErrorName } from '../carillon-error.ts';
import type {
  ChannelState,
  Gap,
  HistoryQuery,
  Publication,
  Publisher,
  StreamPosition,
} from '../channel.ts';
import type { ServerPublication } from '../client.ts';
import type { ConnectionState } from '../connection/connection-state.ts';

export type Positions = Readonly<Record<string, StreamPosition>>;

export interface Hold {
  readonly name: string;
  /** What this rider has; absent where it has nothing yet, and in channels without history. */
  readonly since?: StreamPosition | undefined;
  /** It wants to know who comes and goes. */
  readonly hasJoins: boolean;
}

export type Ask =
  | {
      readonly kind: 'call';
      readonly method: Method;
      readonly input: unknown;
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'publish';
      readonly name: string;
      readonly data: unknown;
      readonly idempotencyKey?: string | undefined;
    }
  | { readonly kind: 'presence' | 'presenceStats'; readonly name: string }
  | { readonly kind: 'history'; readonly name: string; readonly query: HistoryQuery | undefined };

/** Wishes for the connection: it is there as long as one tab wants it. */
export type Wish = 'connect' | 'disconnect' | 'retry';

export type ToHub = {
  readonly tab: string;
  /** Whom it is for: another hub lets it be. 0: whoever leads. */
  readonly hub: number;
} & (
  | { readonly type: 'who' }
  | {
      readonly type: 'hello';
      readonly wish: Wish;
      readonly holds: readonly Hold[];
      /** Of the channels that the server subscribed. */
      readonly server: Positions;
    }
  | { readonly type: 'wish'; readonly wish: Wish }
  | { readonly type: 'hold'; readonly hold: Hold }
  | { readonly type: 'drop'; readonly name: string }
  | { readonly type: 'ask'; readonly id: number; readonly ask: Ask }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'ping' }
  | { readonly type: 'bye' }
);

export type FromHub = {
  readonly hub: number;
  /** How many messages to all there have been, with this one. */
  readonly n: number;
  /** To one tab; absent: to all. */
  readonly to?: string;
} & (
  | { readonly type: 'leader' }
  | {
      readonly type: 'state';
      readonly state: ConnectionState;
      readonly user: string | undefined;
      /** For tabs that have nothing yet: where their part of the streams begins. */
      readonly server: Positions;
    }
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly error: PlainError }
  | {
      readonly type: 'held';
      readonly name: string;
      readonly state: PlainChannelState;
      /** From `since` on nothing is missing. */
      readonly isRecovered: boolean;
      readonly position?: StreamPosition | undefined;
      readonly missed: readonly Publication[];
    }
  | { readonly type: 'channel'; readonly name: string; readonly state: PlainChannelState }
  | { readonly type: 'pub'; readonly name: string; readonly publication: Publication }
  | { readonly type: 'gap'; readonly name: string; readonly gap: Gap }
  | { readonly type: 'join' | 'leave'; readonly name: string; readonly who: Publisher }
  | {
      readonly type: 'server';
      readonly publication: ServerPublication;
      readonly epoch: string | undefined;
    }
  | { readonly type: 'server_gap'; readonly gap: Gap }
  | { readonly type: 'caught_up' }
  | { readonly type: 'pong' }
);

/** Messages are cloned, which turns an error of ours into any error. */
export interface PlainError {
  readonly code: number;
  readonly message: string;
  readonly isTemporary: boolean;
  readonly name: string;
}

export type PlainChannelState =
  | Exclude<ChannelState, { readonly status: 'failed' }>
  | { readonly status: 'failed'; readonly error: PlainError };

export const plainError = ({ code, message, isTemporary, name }: CarillonError): PlainError => ({
  code,
  message,
  isTemporary,
  name,
});

export function errorOf({ name, ...error }: PlainError): CarillonError {
  // The names that an error has are those it was made with.
  const given = name === 'CarillonError' ? {} : { name: name as ClientErrorName };
  return new CarillonError({ ...error, ...given });
}

export const plainState = (state: ChannelState): PlainChannelState =>
  state.status === 'failed' ? { status: 'failed', error: plainError(state.error) } : state;

export const stateOf = (state: PlainChannelState): ChannelState =>
  state.status === 'failed' ? { status: 'failed', error: errorOf(state.error) } : state;
