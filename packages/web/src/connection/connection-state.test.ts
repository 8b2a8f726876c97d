import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffDelayMs, SHORTEST_PAUSE_MS } from './backoff.ts';
import { decodeConnectionSettings, DEFAULT_CONNECTION_SETTINGS } from './connection-settings.ts';
import { GAVE_UP, IDLE, isFinal, transition } from './connection-state.ts';
import type { ConnectionEvent, ConnectionState } from './connection-state.ts';

const STATES: Record<ConnectionState['status'], ConnectionState> = {
  idle: IDLE,
  connecting: { status: 'connecting', attempt: 1, lostAtMs: 50 },
  open: { status: 'open', attempt: 1, openedAtMs: 90 },
  waiting: { status: 'waiting', attempt: 1, lostAtMs: 50, retryAtMs: 200 },
  closed: { status: 'closed', why: { code: 1008, reason: 'Unauthorized' } },
};

const EVENTS: Record<ConnectionEvent['type'], ConnectionEvent> = {
  connect: { type: 'connect' },
  opened: { type: 'opened', nowMs: 100 },
  lost: {
    type: 'lost',
    why: { code: 1006, reason: '' },
    nowMs: 100,
    random: 0.5,
    rules: DEFAULT_CONNECTION_SETTINGS,
  },
  retry: { type: 'retry' },
  disconnect: { type: 'disconnect' },
};

type Row = Record<ConnectionEvent['type'], ConnectionState['status']>;

/** Every state with every event; the type makes a forgotten cell a compile error. */
const TABLE: Record<ConnectionState['status'], Row> = {
  idle: { connect: 'connecting', opened: 'idle', lost: 'idle', retry: 'idle', disconnect: 'idle' },
  connecting: {
    connect: 'connecting',
    opened: 'open',
    lost: 'waiting',
    retry: 'connecting',
    disconnect: 'idle',
  },
  open: { connect: 'open', opened: 'open', lost: 'waiting', retry: 'open', disconnect: 'idle' },
  waiting: {
    connect: 'waiting',
    opened: 'waiting',
    lost: 'waiting',
    retry: 'connecting',
    disconnect: 'idle',
  },
  closed: {
    connect: 'connecting',
    opened: 'closed',
    lost: 'closed',
    retry: 'closed',
    disconnect: 'idle',
  },
};

describe('connection state', () => {
  for (const [status, row] of Object.entries(TABLE)) {
    for (const [type, expected] of Object.entries(row)) {
      test(`${status} + ${type} → ${expected}`, () => {
        const state = STATES[status as ConnectionState['status']];
        const event = EVENTS[type as ConnectionEvent['type']];
        expect(transition(state, event)[0].status).toBe(expected);
      });
    }
  }

  test('a refused connection does not come back by itself, a full server is tried again', () => {
    expect(isFinal({ code: 1008, reason: 'Unauthorized' })).toBe(true);
    expect(isFinal({ code: 1008, reason: 'Server is full' })).toBe(false);
    expect(isFinal({ code: 3500, reason: 'invalid token' })).toBe(true);
    expect(isFinal({ code: 1001, reason: 'Server is shutting down' })).toBe(false);
    expect(isFinal({ code: 3012, reason: 'no heartbeat' })).toBe(false);
  });

  test('the time of the loss is kept over several attempts, so the banner knows how long', () => {
    const [waiting] = transition(STATES.open, EVENTS.lost);
    const [connecting] = transition(waiting, EVENTS.retry);
    const [again] = transition(connecting, { ...EVENTS.lost, nowMs: 9_000 } as ConnectionEvent);
    expect(again).toMatchObject({ status: 'waiting', lostAtMs: 100, attempt: 3 });
  });

  test('a connection that lasted starts the back-off from the beginning', () => {
    const [state] = transition(STATES.open, { ...EVENTS.lost, nowMs: 60_000 } as ConnectionEvent);
    expect(state).toMatchObject({ status: 'waiting', attempt: 1 });
  });
});

/** Loses every connection before it opens, until the state says otherwise. Answers the attempts made. */
function failUntilClosed(maxReconnectAttempts: number): { state: ConnectionState; dials: number } {
  const rules = { ...DEFAULT_CONNECTION_SETTINGS, maxReconnectAttempts };
  let [state] = transition(IDLE, EVENTS.connect);
  let dials = 1;
  while (state.status !== 'closed' && dials < 100) {
    [state] = transition(state, { ...EVENTS.lost, rules } as ConnectionEvent);
    if (state.status !== 'waiting') break;
    [state] = transition(state, EVENTS.retry);
    dials += 1;
  }
  return { state, dials };
}

describe('giving up', () => {
  test.each([0, 1, 15])('after the first attempt %i more are made', (attempts) => {
    expect(failUntilClosed(attempts)).toEqual({
      state: { status: 'closed', why: GAVE_UP },
      dials: attempts + 1,
    });
  });

  test('who gave up neither comes back by itself nor for an event of the network', () => {
    const { state } = failUntilClosed(1);
    expect(transition(state, EVENTS.retry)).toEqual([state, []]);
    expect(transition(state, EVENTS.connect)[0]).toEqual({ status: 'connecting', attempt: 0 });
  });

  test('a connection that lasted gives all attempts back', () => {
    const open = { status: 'open', attempt: 15, openedAtMs: 0 } as const;
    const lost = { ...EVENTS.lost, nowMs: 60_000 } as ConnectionEvent;
    expect(transition(open, lost)[0]).toMatchObject({ status: 'waiting', attempt: 1 });
  });
});

describe('settings of the operator', () => {
  test('are taken from the answer, field by field, where they can be meant', () => {
    expect(
      decodeConnectionSettings({
        connection_timeout_ms: 5_000,
        heartbeat_interval_ms: 0,
        max_reconnect_attempts: 0,
        reconnect_min_ms: 'soon',
      }),
    ).toEqual({
      ...DEFAULT_CONNECTION_SETTINGS,
      connectionTimeoutMs: 5_000,
      maxReconnectAttempts: 0,
    });
  });
});

describe('back-off', () => {
  test('every delay lies between the shortest and the longest, and the ceiling doubles', () => {
    const range = fc.record({
      reconnectMinMs: fc.integer({ min: 200, max: 10_000 }),
      reconnectMaxMs: fc.integer({ min: 10_000, max: 120_000 }),
    });
    const random = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.nat(50), random, range, (attempt, dice, rules) => {
        const delay = backoffDelayMs(attempt, dice, rules);
        const ceiling = Math.min(rules.reconnectMaxMs, rules.reconnectMinMs * 2 ** attempt);
        expect(delay).toBeGreaterThanOrEqual(SHORTEST_PAUSE_MS);
        expect(delay).toBeLessThanOrEqual(ceiling);
      }),
    );
  });
});
