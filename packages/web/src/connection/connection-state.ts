/**
 * The life of one reconnecting connection, as a pure function: no socket, no timer, no clock.
 * reconnecting-socket.ts carries the effects out.
 *
 *   idle ──connect──▶ connecting ──opened──▶ open
 *     ▲                 │   ▲                  │
 *     │               lost  └──retry── waiting ◀──lost
 *     │                 ▼                ▲
 *     └─disconnect─── (any)    refused, or too many attempts ──▶ closed (does not come back by itself)
 */
import { backoffDelayMs } from './backoff.ts';
import type { Backoff } from './backoff.ts';

export interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

export interface ReconnectRules extends Backoff {
  readonly maxReconnectAttempts: number;
}

/** Why a connection is closed that was tried in vain often enough. */
export const GAVE_UP: CloseReason = { code: 1006, reason: 'gave up' };

export type ConnectionState =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number; readonly lostAtMs?: number }
  | { readonly status: 'open'; readonly attempt: number; readonly openedAtMs: number }
  | {
      readonly status: 'waiting';
      readonly attempt: number;
      readonly lostAtMs: number;
      readonly retryAtMs: number;
    }
  | { readonly status: 'closed'; readonly why: CloseReason };

export type ConnectionEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'opened'; readonly nowMs: number }
  | {
      readonly type: 'lost';
      readonly why: CloseReason;
      readonly nowMs: number;
      readonly random: number;
      /** As they are at this moment: they are loaded while the page is already connecting. */
      readonly rules: ReconnectRules;
    }
  | { readonly type: 'retry' }
  | { readonly type: 'disconnect' };

export type ConnectionEffect =
  | { readonly type: 'dial' }
  | { readonly type: 'hang-up' }
  | { readonly type: 'wait'; readonly delayMs: number };

export type Transition = readonly [ConnectionState, readonly ConnectionEffect[]];

export const IDLE: ConnectionState = { status: 'idle' };

/** A connection must have lasted this long before the back-off starts from the beginning again. */
const STABLE_AFTER_MS = 5_000;

/** Closes that another attempt cannot mend: done, refused, or a terminal code of the protocol. */
export function isFinal({ code, reason }: CloseReason): boolean {
  if (code === 1008) return reason !== 'Server is full';
  return code === 1000 || (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
}

export function transition(state: ConnectionState, event: ConnectionEvent): Transition {
  switch (event.type) {
    case 'connect':
      return state.status === 'idle' || state.status === 'closed'
        ? [{ status: 'connecting', attempt: 0 }, [{ type: 'dial' }]]
        : [state, []];
    case 'opened':
      return state.status === 'connecting'
        ? [{ status: 'open', attempt: state.attempt, openedAtMs: event.nowMs }, []]
        : [state, []];
    case 'retry':
      return state.status === 'waiting'
        ? [
            { status: 'connecting', attempt: state.attempt, lostAtMs: state.lostAtMs },
            [{ type: 'dial' }],
          ]
        : [state, []];
    case 'disconnect':
      return state.status === 'idle' ? [state, []] : [IDLE, [{ type: 'hang-up' }]];
    case 'lost':
      return lost(state, event);
  }
}

function lost(
  state: ConnectionState,
  event: Extract<ConnectionEvent, { type: 'lost' }>,
): Transition {
  if (state.status !== 'open' && state.status !== 'connecting') return [state, []];
  if (isFinal(event.why)) {
    return [{ status: 'closed', why: event.why }, [{ type: 'hang-up' }]];
  }
  const wasStable = state.status === 'open' && event.nowMs - state.openedAtMs >= STABLE_AFTER_MS;
  const attempt = wasStable ? 0 : state.attempt;
  if (attempt >= event.rules.maxReconnectAttempts) {
    return [{ status: 'closed', why: GAVE_UP }, [{ type: 'hang-up' }]];
  }
  const delayMs = backoffDelayMs(attempt, event.random, event.rules);
  const lostAtMs = state.status === 'connecting' ? (state.lostAtMs ?? event.nowMs) : event.nowMs;
  return [
    { status: 'waiting', attempt: attempt + 1, lostAtMs, retryAtMs: event.nowMs + delayMs },
    [{ type: 'hang-up' }, { type: 'wait', delayMs }],
  ];
}
