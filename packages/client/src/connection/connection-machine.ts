/**
 * The life of a connection as a pure function: state and event in, state and effects out. What the
 * effects do stands in connection.ts. Every state × event is listed at the end.
 *
 * `attempt` counts retries since the connection was last good: it is forgiven when a connection has
 * lasted (`stable`), when the network is back and when somebody looks at the page again.
 */
import { isTerminal } from '@carillon/protocol';
import { type BackoffLimits, pauseMs } from './backoff.ts';
import type { CloseReason, ConnectionState, TransportName } from './connection-state.ts';

export interface Machine {
  readonly state: ConnectionState;
  /** Retries made, or being waited for. */
  readonly attempt: number;
  readonly isOnline: boolean;
  readonly isVisible: boolean;
}

/** What each event brings along. */
interface Events {
  connect: object;
  disconnect: object;
  /** The server has accepted us. */
  welcomed: { readonly transport: TransportName; readonly clientId: string };
  /** The connection, or the attempt at one, has ended. The code says whether for good. */
  lost: { readonly why: CloseReason };
  /** The server's answer to an attempt was an error. */
  refused: { readonly why: CloseReason; readonly isTemporary: boolean };
  /** It was a kept token's fault: with a new one at once. */
  token_expired: object;
  token_failed: object;
  /** There is no token because nobody is signed in. */
  signed_out: object;
  timed_out: object;
  /** The pause is over. */
  retry: object;
  /** Somebody does not want to wait. */
  retry_now: object;
  online: object;
  offline: object;
  visible: object;
  hidden: object;
  /** The connection has lasted. */
  stable: object;
}

export type EventType = keyof Events;
export type MachineEvent<K extends EventType = EventType> = {
  readonly [P in K]: { readonly type: P } & Events[P];
}[K];

/**
 * `open` makes an attempt, ending what there was; `close` ends it; `wait` asks for `retry` at
 * `retryAtMs`; `watch` asks for `stable`; `probe` finds out whether the connection still answers.
 */
export type Effect =
  | 'open'
  | 'close'
  | 'wait'
  | 'watch'
  | 'probe'
  | 'forget_token'
  | 'forget_positions';

export interface Step {
  readonly machine: Machine;
  readonly effects: readonly Effect[];
}

export interface StepContext {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
  readonly reconnect: BackoffLimits & { readonly maxAttempts: number };
}

type Rule<K extends EventType> = (
  machine: Machine,
  event: MachineEvent<K>,
  context: StepContext,
) => Step;
type Rules = { readonly [K in EventType]: Rule<K> };
/** Of any event: what it brings along does not matter. */
type AnyRule = (machine: Machine, event: MachineEvent, context: StepContext) => Step;

const STATE_INVALIDATED = 3014;
/** After these the token is of no use any more. */
const TOKEN_CODES: readonly number[] = [109, 3005, STATE_INVALIDATED];
/** A message was too big: it would be again. */
const TOO_BIG = 1009;

const to = (machine: Machine, state: ConnectionState, ...effects: Effect[]): Step => ({
  machine: { ...machine, state },
  effects,
});

const lostAt = ({ state }: Machine, nowMs: number): number =>
  ('lostAtMs' in state ? state.lostAtMs : undefined) ?? nowMs;

const stay: AnyRule = (machine) => ({ machine, effects: [] });

const stop: AnyRule = (machine) => to(machine, { status: 'idle' }, 'close');

const end = (machine: Machine, why: CloseReason): Step =>
  to(machine, { status: 'closed', why }, 'close');

const open = (machine: Machine, attempt: number, ...effects: Effect[]): Step => {
  const { state } = machine;
  const lostAtMs = 'lostAtMs' in state ? state.lostAtMs : undefined;
  const connecting = { status: 'connecting', attempt } as const;
  return to(
    { ...machine, attempt },
    lostAtMs === undefined ? connecting : { ...connecting, lostAtMs },
    ...effects,
    'open',
  );
};

/** From the beginning, with all attempts ahead. */
const begin: AnyRule = (machine) => open(machine, 0);

const goOffline: AnyRule = (machine, _event, { nowMs }) =>
  to(machine, { status: 'offline', lostAtMs: lostAt(machine, nowMs) }, 'close');

/** Not for good: wait, unless that is of no use. */
const fail = (machine: Machine, why: CloseReason, context: StepContext): Step => {
  const { nowMs, random, reconnect } = context;
  if (!machine.isOnline) return goOffline(machine, { type: 'offline' }, context);
  // Nobody sees a hidden page give up, and nobody would press its button.
  if (machine.attempt >= reconnect.maxAttempts && machine.isVisible) {
    return end(machine, { code: 0, reason: 'gave up' });
  }
  const attempt = machine.attempt + 1;
  return to(
    { ...machine, attempt },
    {
      status: 'waiting',
      attempt,
      retryAtMs: nowMs + pauseMs(reconnect, attempt - 1, random),
      lostAtMs: lostAt(machine, nowMs),
      why,
    },
    'close',
    'wait',
  );
};

const lose: Rule<'lost'> = (machine, { why }, context) => {
  const { code } = why;
  if (isTerminal(code) || code === TOO_BIG) return end(machine, why);
  const step = fail(machine, why, context);
  const forgotten: Effect[] = [];
  if (TOKEN_CODES.includes(code)) forgotten.push('forget_token');
  if (code === STATE_INVALIDATED) forgotten.push('forget_positions');
  return { ...step, effects: [...forgotten, ...step.effects] };
};

const refuse: Rule<'refused'> = (machine, { why, isTemporary }, context) =>
  isTemporary ? lose(machine, { type: 'lost', why }, context) : end(machine, why);

const renew: Rule<'token_expired'> = (machine) => open(machine, machine.attempt, 'forget_token');

const because =
  (reason: string): AnyRule =>
  (machine, _event, context) =>
    fail(machine, { code: 0, reason }, context);

const signOut: AnyRule = (machine) =>
  to(
    machine,
    { status: 'closed', why: { code: 0, reason: 'signed out' } },
    'forget_token',
    'close',
  );

const welcome: Rule<'welcomed'> = (machine, { transport, clientId }, { nowMs }) =>
  to(
    machine,
    { status: 'connected', transport, clientId, sinceMs: nowMs, isShared: false },
    'watch',
  );

const retry: AnyRule = (machine) => open(machine, machine.attempt);

const forgive: AnyRule = (machine) => ({ machine: { ...machine, attempt: 0 }, effects: [] });

const probe: AnyRule = (machine) => ({ machine, effects: ['probe'] });

/** What an event says of device and page, whatever the state. */
const SIGNS: { readonly [K in EventType]?: Partial<Machine> } = {
  online: { isOnline: true },
  offline: { isOnline: false },
  visible: { isVisible: true },
  hidden: { isVisible: false },
};

/** Where nothing runs that could be lost, welcomed or late: only stragglers come, and are ignored. */
const AT_REST = {
  disconnect: stop,
  welcomed: stay,
  lost: stay,
  refused: stay,
  token_expired: stay,
  token_failed: stay,
  timed_out: stay,
  retry: stay,
  stable: stay,
  hidden: stay,
} satisfies Partial<Rules>;

const TABLE: { readonly [S in ConnectionState['status']]: Rules } = {
  idle: {
    ...AT_REST,
    connect: begin,
    signed_out: stay,
    retry_now: stay,
    online: stay,
    offline: stay,
    visible: stay,
  },
  connecting: {
    connect: stay,
    disconnect: stop,
    welcomed: welcome,
    lost: lose,
    refused: refuse,
    token_expired: renew,
    token_failed: because('no token'),
    signed_out: signOut,
    timed_out: because('timeout'),
    retry: stay,
    retry_now: stay,
    online: forgive,
    offline: goOffline,
    visible: forgive,
    hidden: stay,
    stable: stay,
  },
  connected: {
    connect: stay,
    disconnect: stop,
    welcomed: stay,
    lost: lose,
    refused: refuse,
    token_expired: renew,
    token_failed: stay,
    signed_out: signOut,
    timed_out: stay,
    retry: stay,
    retry_now: stay,
    online: probe,
    offline: goOffline,
    visible: probe,
    hidden: stay,
    stable: forgive,
  },
  waiting: {
    ...AT_REST,
    connect: stay,
    signed_out: signOut,
    retry,
    retry_now: retry,
    online: begin,
    offline: goOffline,
    visible: begin,
  },
  offline: {
    ...AT_REST,
    connect: begin,
    signed_out: signOut,
    retry_now: begin,
    online: begin,
    offline: stay,
    visible: stay,
  },
  closed: {
    ...AT_REST,
    connect: begin,
    signed_out: stay,
    retry_now: begin,
    online: stay,
    offline: stay,
    visible: stay,
  },
};

export const createMachine = (isOnline: boolean, isVisible: boolean): Machine => ({
  state: { status: 'idle' },
  attempt: 0,
  isOnline,
  isVisible,
});

export function step<K extends EventType>(
  machine: Machine,
  event: MachineEvent<K>,
  context: StepContext,
): Step {
  const rules: { readonly [P in K]: Rule<P> } = TABLE[machine.state.status];
  return rules[event.type]({ ...machine, ...SIGNS[event.type] }, event, context);
}
