import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BACKOFF, backoffDelayMs } from './backoff.ts';
import { IDLE, isFinal, transition } from './connection-state.ts';
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
  lost: { type: 'lost', why: { code: 1006, reason: '' }, nowMs: 100, random: 0.5 },
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

describe('back-off', () => {
  test('every delay lies between the minimum and 30 s, and the ceiling doubles from 2 s', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const delay = backoffDelayMs(attempt, random);
        expect(delay).toBeGreaterThanOrEqual(BACKOFF.minMs);
        expect(delay).toBeLessThanOrEqual(Math.min(30_000, 2_000 * 2 ** attempt));
      }),
    );
  });
});
