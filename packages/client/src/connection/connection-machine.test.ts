import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EventType,
  type Machine,
  type MachineEvent,
  type StepContext,
  createMachine,
  step,
} from './connection-machine.ts';
import type { ConnectionState } from './connection-state.ts';

type Status = ConnectionState['status'];

const NOW = 1_000_000;
const LOST_AT = 900_000;
const WHY = { code: 1006, reason: 'gone' };
const CONTEXT: StepContext = {
  nowMs: NOW,
  random: 0.5,
  reconnect: { minMs: 2000, maxMs: 30_000, maxAttempts: 15 },
};

const STATES: { readonly [S in Status]: ConnectionState & { readonly status: S } } = {
  idle: { status: 'idle' },
  connecting: { status: 'connecting', attempt: 3, lostAtMs: LOST_AT },
  connected: {
    status: 'connected',
    transport: 'websocket',
    clientId: 'c',
    sinceMs: 950_000,
    isShared: false,
  },
  waiting: { status: 'waiting', attempt: 3, retryAtMs: NOW + 500, lostAtMs: LOST_AT, why: WHY },
  offline: { status: 'offline', lostAtMs: LOST_AT },
  closed: { status: 'closed', why: WHY },
};

const EVENTS: { readonly [K in EventType]: MachineEvent<K> } = {
  connect: { type: 'connect' },
  disconnect: { type: 'disconnect' },
  welcomed: { type: 'welcomed', transport: 'sse', clientId: 'c2' },
  lost: { type: 'lost', why: WHY },
  refused: { type: 'refused', why: { code: 103, reason: 'no' }, isTemporary: false },
  token_expired: { type: 'token_expired' },
  token_failed: { type: 'token_failed' },
  signed_out: { type: 'signed_out' },
  timed_out: { type: 'timed_out' },
  retry: { type: 'retry' },
  retry_now: { type: 'retry_now' },
  online: { type: 'online' },
  offline: { type: 'offline' },
  visible: { type: 'visible' },
  hidden: { type: 'hidden' },
  stable: { type: 'stable' },
};

const machine = (state: ConnectionState, rest: Partial<Machine> = {}): Machine => ({
  state,
  attempt: 3,
  isOnline: true,
  isVisible: true,
  ...rest,
});

/** State and event → the next state, the attempt, the effects. `=`: nothing changes. */
const TABLE: { readonly [S in Status]: { readonly [K in EventType]: string } } = {
  idle: {
    connect: 'connecting 0: open',
    disconnect: 'idle 3: close',
    welcomed: '=',
    lost: '=',
    refused: '=',
    token_expired: '=',
    token_failed: '=',
    signed_out: '=',
    timed_out: '=',
    retry: '=',
    retry_now: '=',
    online: '=',
    offline: '=',
    visible: '=',
    hidden: '=',
    stable: '=',
  },
  connecting: {
    connect: '=',
    disconnect: 'idle 3: close',
    welcomed: 'connected 3: watch',
    lost: 'waiting 4: close wait',
    refused: 'closed 3: close',
    token_expired: 'connecting 3: forget_token open',
    token_failed: 'waiting 4: close wait',
    signed_out: 'closed 3: forget_token close',
    timed_out: 'waiting 4: close wait',
    retry: '=',
    retry_now: '=',
    online: 'connecting 0:',
    offline: 'offline 3: close',
    visible: 'connecting 0:',
    hidden: '=',
    stable: '=',
  },
  connected: {
    connect: '=',
    disconnect: 'idle 3: close',
    welcomed: '=',
    lost: 'waiting 4: close wait',
    refused: 'closed 3: close',
    token_expired: 'connecting 3: forget_token open',
    token_failed: '=',
    signed_out: 'closed 3: forget_token close',
    timed_out: '=',
    retry: '=',
    retry_now: '=',
    online: 'connected 3: probe',
    offline: 'offline 3: close',
    visible: 'connected 3: probe',
    hidden: '=',
    stable: 'connected 0:',
  },
  waiting: {
    connect: '=',
    disconnect: 'idle 3: close',
    welcomed: '=',
    lost: '=',
    refused: '=',
    token_expired: '=',
    token_failed: '=',
    signed_out: 'closed 3: forget_token close',
    timed_out: '=',
    retry: 'connecting 3: open',
    retry_now: 'connecting 3: open',
    online: 'connecting 0: open',
    offline: 'offline 3: close',
    visible: 'connecting 0: open',
    hidden: '=',
    stable: '=',
  },
  offline: {
    connect: 'connecting 0: open',
    disconnect: 'idle 3: close',
    welcomed: '=',
    lost: '=',
    refused: '=',
    token_expired: '=',
    token_failed: '=',
    signed_out: 'closed 3: forget_token close',
    timed_out: '=',
    retry: '=',
    retry_now: 'connecting 0: open',
    online: 'connecting 0: open',
    offline: '=',
    visible: '=',
    hidden: '=',
    stable: '=',
  },
  closed: {
    connect: 'connecting 0: open',
    disconnect: 'idle 3: close',
    welcomed: '=',
    lost: '=',
    refused: '=',
    token_expired: '=',
    token_failed: '=',
    signed_out: '=',
    timed_out: '=',
    retry: '=',
    retry_now: 'connecting 0: open',
    online: '=',
    offline: '=',
    visible: '=',
    hidden: '=',
    stable: '=',
  },
};

const CELLS = Object.entries(TABLE).flatMap(([status, row]) =>
  Object.entries(row).map(([event, expected]) => [status, event, expected] as const),
);

describe('every state × event', () => {
  it.each(CELLS)('%s × %s → %s', (status, type, expected) => {
    const before = machine(STATES[status as Status]);
    const { machine: after, effects } = step(before, EVENTS[type as EventType], CONTEXT);
    const isSame = after.state === before.state && after.attempt === 3 && effects.length === 0;
    const told = `${after.state.status} ${after.attempt}: ${effects.join(' ')}`.trimEnd();
    expect(isSame ? '=' : told).toBe(expected);
  });

  it('the network and the page are remembered in every state', () => {
    for (const state of Object.values(STATES)) {
      const off = step(machine(state), { type: 'offline' }, CONTEXT).machine;
      expect(off.isOnline).toBe(false);
      expect(step(off, { type: 'online' }, CONTEXT).machine.isOnline).toBe(true);
      const hidden = step(machine(state), { type: 'hidden' }, CONTEXT).machine;
      expect(hidden.isVisible).toBe(false);
      expect(step(hidden, { type: 'visible' }, CONTEXT).machine.isVisible).toBe(true);
    }
  });
});

const lost = (code: number, from: Machine = machine(STATES.connected)) =>
  step(from, { type: 'lost', why: { code, reason: 'r' } }, CONTEXT);

describe('how a connection is lost', () => {
  it.each([3500, 3501, 3507, 3999, 4500, 4999, 1009])('code %i is for good', (code) => {
    expect(lost(code).machine.state).toEqual({ status: 'closed', why: { code, reason: 'r' } });
  });

  it.each([0, 1000, 1001, 1006, 3000, 3001, 3008, 3012, 3499, 4000, 4499])(
    'after code %i it comes back',
    (code) => {
      expect(lost(code).machine.state.status).toBe('waiting');
    },
  );

  it.each([109, 3005])('code %i makes the token useless', (code) => {
    expect(lost(code).effects).toEqual(['forget_token', 'close', 'wait']);
  });

  it('3014 makes token and positions useless', () => {
    expect(lost(3014).effects).toEqual(['forget_token', 'forget_positions', 'close', 'wait']);
  });

  it('a temporary refusal is tried again later, with its reason', () => {
    const why = { code: 111, reason: 'too many requests' };
    const { machine: after } = step(
      machine(STATES.connecting),
      { type: 'refused', why, isTemporary: true },
      CONTEXT,
    );
    expect(after.state).toMatchObject({ status: 'waiting', why });
  });

  it('the time of the first loss is kept until it is connected again', () => {
    const waiting = lost(1006, machine(STATES.connecting)).machine;
    expect(waiting.state).toMatchObject({ lostAtMs: LOST_AT });
    expect(step(waiting, { type: 'retry' }, CONTEXT).machine.state).toMatchObject({
      status: 'connecting',
      lostAtMs: LOST_AT,
    });
    expect(lost(1006).machine.state).toMatchObject({ lostAtMs: NOW });
  });

  it('without a network it does not wait for a time but for the network', () => {
    expect(lost(1006, machine(STATES.connecting, { isOnline: false })).machine.state).toEqual({
      status: 'offline',
      lostAtMs: LOST_AT,
    });
  });
});

describe('how long it waits', () => {
  const pauseOf = (attempt: number, random: number): number => {
    const { state } = step(
      machine(STATES.connecting, { attempt }),
      { type: 'lost', why: WHY },
      { ...CONTEXT, random },
    ).machine;
    return state.status === 'waiting' ? state.retryAtMs - NOW : Number.NaN;
  };

  it('the first pause is spread over two seconds, later ones over twice as much, at most thirty', () => {
    expect([0, 1, 2, 3, 4, 14].map((attempt) => pauseOf(attempt, 0))).toEqual([0, 0, 0, 0, 0, 0]);
    expect([0, 1, 2, 3, 4, 14].map((attempt) => pauseOf(attempt, 0.999_999_9))).toEqual([
      1999, 3999, 7999, 15_999, 29_999, 29_999,
    ]);
  });

  it('after fifteen retries it gives up', () => {
    expect(lost(1006, machine(STATES.connecting, { attempt: 14 })).machine.state.status).toBe(
      'waiting',
    );
    expect(lost(1006, machine(STATES.connecting, { attempt: 15 })).machine.state).toEqual({
      status: 'closed',
      why: { code: 0, reason: 'gave up' },
    });
  });

  it('a hidden page does not give up', () => {
    const hidden = machine(STATES.connecting, { attempt: 40, isVisible: false });
    expect(lost(1006, hidden).machine.state.status).toBe('waiting');
  });

  it('a connection that ended before it had lasted does not begin anew', () => {
    const { machine: welcomed } = step(machine(STATES.connecting), EVENTS.welcomed, CONTEXT);
    expect(lost(1006, welcomed).machine.attempt).toBe(4);
    const { machine: lasting } = step(welcomed, EVENTS.stable, CONTEXT);
    expect(lost(1006, lasting).machine.attempt).toBe(1);
  });
});

const anyEvent: fc.Arbitrary<MachineEvent> = fc.oneof(
  fc.constantFrom(...Object.values(EVENTS)),
  fc.record({
    type: fc.constant('lost' as const),
    why: fc.record({ code: fc.integer({ min: 0, max: 5000 }), reason: fc.string() }),
  }),
  fc.record({
    type: fc.constant('refused' as const),
    why: fc.record({ code: fc.integer({ min: 100, max: 420 }), reason: fc.string() }),
    isTemporary: fc.boolean(),
  }),
);

/** Which states have a connection or an attempt at one, after the effects are carried out. */
const HAS_LINK: { readonly [S in Status]: boolean } = {
  idle: false,
  connecting: true,
  connected: true,
  waiting: false,
  offline: false,
  closed: false,
};

describe('any sequence of events', () => {
  it('leaves exactly the links and timers that belong to the state', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ event: anyEvent, random: fc.double({ min: 0, max: 0.999 }) }), {
          maxLength: 200,
        }),
        fc.boolean(),
        fc.boolean(),
        (events, isOnline, isVisible) => {
          let current = createMachine(isOnline, isVisible);
          let links = 0;
          let isRetryDue = false;
          let isStableDue = false;
          let nowMs = NOW;
          for (const { event, random } of events) {
            nowMs += 1;
            const before = current.state;
            const next = step(current, event, { ...CONTEXT, nowMs, random });
            current = next.machine;
            const { state } = current;
            if (state !== before) isRetryDue = isStableDue = false;
            for (const effect of next.effects) {
              if (effect === 'open') links = 1;
              if (effect === 'close') links = 0;
              if (effect === 'wait') isRetryDue = true;
              if (effect === 'watch') isStableDue = true;
              if (effect === 'probe') expect(state.status).toBe('connected');
            }
            expect(links === 1).toBe(HAS_LINK[state.status]);
            expect(isRetryDue).toBe(state.status === 'waiting');
            expect(isStableDue).toBe(state.status === 'connected');
            expect(current.attempt).toBeGreaterThanOrEqual(0);
            if (state.status === 'waiting' && state !== before) {
              expect(state.retryAtMs).toBeGreaterThanOrEqual(nowMs);
              expect(state.retryAtMs).toBeLessThan(nowMs + CONTEXT.reconnect.maxMs);
            }
            if (event.type === 'disconnect') expect(state.status).toBe('idle');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('can always be connected again', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 50 }), (events) => {
        let current = createMachine(true, true);
        for (const event of events) current = step(current, event, CONTEXT).machine;
        for (const type of ['online', 'visible', 'connect', 'retry_now'] as const) {
          current = step(current, { type }, CONTEXT).machine;
        }
        expect(HAS_LINK[current.state.status]).toBe(true);
      }),
    );
  });
});
