/** What the components show, as values: connection, bell, progress. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { ConnectionState } from '../connection/connection-state.ts';
import type { Notification } from '../inbox/inbox.ts';
import type { Task } from '../tasks/tasks.ts';
import { badgeText, bellLabel, bellSections, safeLink, titleWithCount } from './bell-view.ts';
import { connectionView, isBannerDue } from './connection-view.ts';
import { remainingMs, taskView, withSample } from './task-view.ts';
import type { ProgressSample } from './task-view.ts';
import { createTickingClock } from './ticking-clock.ts';
import { createUiTexts } from './ui-texts.ts';

const texts = createUiTexts({ locale: 'en-GB', timeZone: 'UTC' });
const NOW = Date.parse('2026-11-20T12:00:00Z');
const why = { code: 3000, reason: 'connection closed' };

const STATES: Readonly<Record<string, ConnectionState>> = {
  idle: { status: 'idle' },
  first: { status: 'connecting', attempt: 0 },
  again: { status: 'connecting', attempt: 2, lostAtMs: NOW - 4_000 },
  own: {
    status: 'connected',
    transport: 'websocket',
    clientId: 'c',
    sinceMs: NOW,
    isShared: false,
  },
  shared: {
    status: 'connected',
    transport: 'sse',
    clientId: 'c',
    sinceMs: NOW,
    isShared: true,
  },
  waiting: { status: 'waiting', attempt: 1, retryAtMs: NOW + 4_200, lostAtMs: NOW - 100, why },
  offline: { status: 'offline', lostAtMs: NOW - 3_000 },
  gaveUp: { status: 'closed', why: { code: 0, reason: 'gave up' } },
  signedOut: { status: 'closed', why: { code: 0, reason: 'signed out' } },
  refused: { status: 'closed', why: { code: 3500, reason: 'invalid token' } },
};

describe('the state of the connection', () => {
  test.each([
    ['idle', 'Not connected', 'off', 'connect'],
    ['first', 'Connecting…', 'busy', 'disconnect'],
    ['again', 'Reconnecting…', 'busy', 'disconnect'],
    ['own', 'Connected', 'good', 'disconnect'],
    ['shared', 'Connected through another tab', 'good', 'disconnect'],
    ['waiting', 'Reconnecting in 5 seconds', 'busy', 'retry disconnect'],
    ['offline', 'You are offline', 'bad', 'retry disconnect'],
    ['gaveUp', 'The server cannot be reached', 'bad', 'retry'],
    ['signedOut', 'Sign in to get live updates', 'bad', 'retry'],
    ['refused', 'The server refused the connection', 'bad', 'retry'],
    ['disabled', 'Live updates are off on this page', 'off', ''],
  ])('%s says "%s"', (name, text, ...[tone, buttons]) => {
    const view = connectionView({ state: STATES[name], nowMs: NOW, texts });
    expect(view).toMatchObject({ text, tone });
    const shown = [
      view.canConnect ? 'connect' : '',
      view.canRetry ? 'retry' : '',
      view.canDisconnect ? 'disconnect' : '',
    ];
    expect(shown.join(' ').trim()).toBe(buttons);
  });

  test('a banner comes after two seconds without a connection, not before', () => {
    const due = (name: string): boolean => isBannerDue(STATES[name], NOW);
    expect(['waiting', 'first', 'idle', 'own', 'disabled'].filter(due)).toEqual([]);
    expect(['again', 'offline', 'gaveUp'].filter(due)).toEqual(['again', 'offline', 'gaveUp']);
  });
});

describe('the bell', () => {
  const notification = (id: string, created_at: string, link: string | null): Notification => ({
    id,
    seq: 1,
    title: 'T',
    content: 'C',
    type: 'info',
    link,
    source: null,
    created_at,
    status: 'unread',
  });

  test('the badge is capped, and empty for none', () => {
    expect([0, 1, 99, 100].map(badgeText)).toEqual(['', '1', '99', '99+']);
  });

  test('its name tells the number', () => {
    expect(bellLabel(3, texts)).toBe('Notifications, 3 unread');
    expect(bellLabel(0, texts)).toBe('Notifications, none unread');
  });

  test('the title carries one number, however often it is set', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200)), (counts) => {
        const title = counts.reduce(titleWithCount, 'Shop');
        expect(titleWithCount(title, 0)).toBe('Shop');
      }),
    );
    expect(titleWithCount('(2) Shop', 120)).toBe('(99+) Shop');
  });

  test('the list is grouped by days', () => {
    const list = [
      notification('a', '2026-11-20T11:55:00Z', '/orders/7'),
      notification('b', '2026-11-20T01:00:00Z', null),
      notification('c', '2026-11-19T01:00:00Z', 'javascript:alert(1)'),
    ];
    const sections = bellSections(list, NOW, texts);
    expect(sections.map(({ day, items }) => [day, items.map(({ id }) => id)])).toEqual([
      ['Today', ['a', 'b']],
      ['Yesterday', ['c']],
    ]);
    expect(sections[0]?.items[0]).toMatchObject({ ago: '5 minutes ago', link: '/orders/7' });
    expect(sections[1]?.items[0]).not.toHaveProperty('link');
  });

  test('only paths and web addresses are links', () => {
    expect(['/a', 'https://a.example', 'page?x=1'].map(safeLink)).not.toContain(undefined);
    expect([' javascript:x', 'data:text/html,x', '', null, 'http://['].map(safeLink)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });
});

describe('progress', () => {
  const task: Task = {
    id: 't',
    owner: 'a',
    title: 'Import',
    status: 'running',
    message: 'Reading',
    step: 1,
    total_steps: 4,
    progress: 25,
    is_cancel_requested: false,
    version: 2,
    created_at: '2026-11-20T11:59:00Z',
    updated_at: '2026-11-20T11:59:30Z',
  };
  const view = (change: Partial<Task>, samples: readonly ProgressSample[] = []) =>
    taskView({ task: { ...task, ...change }, samples, nowMs: NOW, texts });

  test('a screen reader hears value, state, message and step', () => {
    expect(view({}).valueText).toBe('25%, Running, Reading, step 1 of 4');
  });

  test('what never said how far it is has no value', () => {
    expect(view({ progress: 0, total_steps: 0 }).percent).toBeUndefined();
    expect(view({ progress: 0 }).percent).toBe(0);
  });

  test('a task that was asked to stop is cancelling and cannot be asked again', () => {
    expect(view({ is_cancel_requested: true })).toMatchObject({
      status: 'cancelling',
      statusText: 'Cancelling…',
      canCancel: false,
      isFinished: false,
    });
  });

  test('the ends are told and kept', () => {
    expect(view({ status: 'completed', progress: 80 })).toMatchObject({
      percent: 100,
      statusText: 'Done',
      isFinished: true,
      canCancel: false,
    });
    expect(view({ status: 'failed' })).toMatchObject({ percent: 25, statusText: 'Failed' });
  });

  const paced = (...progress: number[]): ProgressSample[] =>
    progress.map((value, at) => ({
      atMs: NOW - (progress.length - 1 - at) * 10_000,
      progress: value,
    }));

  test('the time left is told when the pace is steady', () => {
    expect(view({ progress: 40 }, paced(10, 20, 30, 40)).detail).toContain('about 1 minute left');
  });

  test('no time is told of few samples, of an unsteady pace, of a stalled task', () => {
    expect(remainingMs(paced(10, 20, 30), NOW)).toBeUndefined();
    expect(remainingMs(paced(1, 2, 3, 50, 97), NOW)).toBeUndefined();
    expect(remainingMs(paced(10, 20, 30, 40), NOW + 200_000)).toBeUndefined();
  });

  test('the time left is never negative, for any samples', () => {
    const samples = fc.array(fc.record({ atMs: fc.nat(1e6), progress: fc.nat(100) }));
    fc.assert(
      fc.property(samples, fc.nat(2e6), (list, nowMs) => {
        const sorted = list.toSorted((a, b) => a.atMs - b.atMs);
        const left = remainingMs(sorted.reduce(withSample, [] as readonly ProgressSample[]), nowMs);
        if (left !== undefined) expect(left).toBeGreaterThanOrEqual(1_000);
      }),
    );
  });

  test('a bar that goes back begins to measure anew', () => {
    expect(withSample(paced(10, 20), { atMs: NOW, progress: 5 })).toHaveLength(1);
    expect(withSample(paced(10, 20), { atMs: NOW, progress: 20 })).toHaveLength(2);
  });
});

test('the clock ticks while somebody looks, and only then', () => {
  vi.useFakeTimers({ now: 5_000 });
  const clock = createTickingClock(1_000);
  expect(vi.getTimerCount()).toBe(0);
  vi.setSystemTime(65_400);
  expect(clock.get()).toBe(65_000);
  const stop = clock.subscribe(() => undefined);
  const stopOther = clock.subscribe(() => undefined);
  vi.advanceTimersByTime(2_000);
  expect(clock.get()).toBe(67_000);
  stop();
  stop();
  expect(vi.getTimerCount()).toBe(1);
  stopOther();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
