import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Client } from '../client.ts';
import type { ConnectionState } from '../connection/connection-state.ts';
import { createWritable } from '../readable.ts';
import { createPageHost } from './page-host.ts';
import { createRouteMatcher } from './route-table.ts';

const { match } = createRouteMatcher({
  '/': { enabled: false },
  '/home': { requireAuth: false },
  '/chat': {},
  '/chat/room': { features: ['messaging'] },
  '/admin': { connectionType: 'admin' },
  '/manual': { autoConnect: false },
});

interface Made {
  readonly type: string;
  readonly user: string | undefined;
  connects: number;
  isClosed: boolean;
}

function scripted() {
  const made: Made[] = [];
  const deferred: (() => void)[] = [];
  const host = createPageHost({
    create: ({ connectionType, user }) => {
      const entry: Made = { type: connectionType, user, connects: 0, isClosed: false };
      made.push(entry);
      const state = createWritable<ConnectionState>({ status: 'idle' });
      const client: Pick<Client, 'state' | 'connect' | 'disconnect' | 'retryNow'> = {
        state,
        connect: () => {
          if (state.get().status !== 'connecting') entry.connects += 1;
          state.set({ status: 'connecting', attempt: 0 });
        },
        disconnect: () => state.set({ status: 'idle' }),
        retryNow: () => undefined,
      };
      // Only what a host uses is scripted.
      return { client: client as Client, close: () => (entry.isClosed = true) };
    },
    defer: (callback) => deferred.push(callback),
  });
  const later = (): void => {
    for (const callback of deferred.splice(0)) callback();
  };
  const visit = (path: string, user?: string) => host.visit({ config: match(path), user });
  const open = (): readonly Made[] => made.filter(({ isClosed }) => !isClosed);
  return { host, made, later, visit, open };
}

describe('a page that asks for no connection', () => {
  test('makes nothing, and neither does a call to connect', () => {
    const { host, made, visit } = scripted();
    visit('/login', 'ann');
    host.connect();
    host.retryNow();
    expect(made).toEqual([]);
    expect(host.state.get()).toBeUndefined();
  });

  test('nor does one that wants somebody signed in, when nobody is', () => {
    const { host, made, visit } = scripted();
    visit('/chat');
    host.connect();
    expect(made).toEqual([]);
  });

  test('a page that waits for its visitor is idle until it is told', () => {
    const { host, made, visit } = scripted();
    visit('/manual', 'ann');
    expect(made).toEqual([]);
    expect(host.state.get()).toEqual({ status: 'idle' });
    host.connect();
    expect(host.state.get()).toEqual({ status: 'connecting', attempt: 0 });
  });
});

describe('from page to page', () => {
  test('pages of one type and user keep their connection, and get their own features', () => {
    const { host, made, later, visit } = scripted();
    const leave = visit('/chat', 'ann');
    leave();
    visit('/chat/room', 'ann');
    later();
    expect(made).toEqual([{ type: 'default', user: 'ann', connects: 1, isClosed: false }]);
    expect([...host.config.get().features]).toEqual(['messaging']);
  });

  test('effects that end and begin at once (StrictMode) make one connection', () => {
    const { made, later, visit } = scripted();
    visit('/chat', 'ann')();
    visit('/chat', 'ann');
    later();
    expect(made).toHaveLength(1);
    expect(made[0]?.connects).toBe(1);
  });

  test('another type is another connection, and so is another user', () => {
    const { made, open, visit } = scripted();
    visit('/chat', 'ann');
    visit('/admin', 'ann');
    visit('/admin', 'bob');
    expect(made.map(({ type, user }) => [type, user])).toEqual([
      ['default', 'ann'],
      ['admin', 'ann'],
      ['admin', 'bob'],
    ]);
    expect(open()).toEqual(made.slice(-1));
  });

  test('going to a page without a connection closes it, and forgets whose it was', () => {
    const { host, open, visit } = scripted();
    visit('/chat', 'ann');
    visit('/login', 'ann');
    expect(open()).toEqual([]);
    expect(host.carillon.get()).toBeUndefined();
  });

  test('signing out closes it', () => {
    const { open, visit } = scripted();
    visit('/chat', 'ann');
    visit('/chat');
    expect(open()).toEqual([]);
  });

  test('leaving the last page closes it, a moment later', () => {
    const { open, later, visit } = scripted();
    const leave = visit('/chat', 'ann');
    leave();
    expect(open()).toHaveLength(1);
    later();
    expect(open()).toEqual([]);
  });

  test('a page that names itself comes before what the application says, in any order', () => {
    const { host, visit } = scripted();
    const leave = visit('/chat/room', 'ann');
    host.visit({ config: match('/home'), user: 'ann', isBase: true });
    expect(host.config.get().route).toBe('/chat/room');
    leave();
    host.visit({ config: match('/admin'), user: 'ann', isBase: true })();
    expect(host.config.get().route).toBe('/home');
  });

  test('who has disconnected by hand stays so on the next page of the same type', () => {
    const { host, made, visit } = scripted();
    visit('/chat', 'ann');
    host.disconnect();
    visit('/chat/room', 'ann');
    expect(made[0]?.connects).toBe(1);
    expect(host.state.get()).toEqual({ status: 'idle' });
    host.retryNow();
    expect(made[0]?.connects).toBe(2);
  });
});

test('whatever pages are visited and left, there is one connection at most, and it is the page’s', () => {
  const path = fc.constantFrom('/', '/home', '/chat', '/chat/room', '/admin', '/manual');
  const user = fc.constantFrom(undefined, 'ann', 'bob');
  const step = fc.record({ path, user, leavesFirst: fc.boolean(), connects: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const { host, open, later, visit } = scripted();
      for (const { path: to, user: who, leavesFirst, connects } of steps) {
        const leave = visit(to, who);
        if (connects) host.connect();
        const config = match(to);
        const isAllowed = config.enabled && (who !== undefined || !config.requireAuth);
        expect(open().length).toBeLessThanOrEqual(isAllowed ? 1 : 0);
        if (isAllowed && (config.autoConnect || connects)) {
          expect(open()).toMatchObject([{ type: config.connectionType, user: who }]);
        }
        if (leavesFirst) {
          leave();
          later();
        }
      }
    }),
  );
});
