import { type Disconnect, type Outcome, fail, ok } from '@carillon/protocol';
import { createFakeClock } from '@carillon/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../ports/authenticator.ts';
import type { ConnectionInit, Session, SubscribeResult } from '../../ports/connection-handler.ts';
import type { Logger } from '../../ports/logger.ts';
import type { HandshakeRequest } from '../../ports/websocket-endpoint.ts';
import type { NativeDeps } from './native-deps.ts';
import { createNativeEndpoint } from './native-endpoint.ts';
import { NATIVE_JSON } from './native-format.ts';

const PLAIN: SubscribeResult = {
  isRecoverable: false,
  isPositioned: false,
  wasRecovering: false,
  hasRecovered: false,
  publications: [],
};

/** A session that notes what was asked of it, and answers when the test says so. */
class ScriptedSession implements Session {
  readonly id = 'c1';
  readonly connectedAt = 0;
  user = '';
  state: Session['state'] = 'connecting';
  isRateExceeded = false;
  readonly sent: string[] = [];
  readonly calls: string[] = [];
  readonly subscribing: ((result: Outcome<SubscribeResult>) => void)[] = [];
  closed: Disconnect | undefined;
  closedCleanly: boolean | undefined;
  readonly init: ConnectionInit;

  constructor(init: ConnectionInit) {
    this.init = init;
  }

  authenticate(identity: Identity): Outcome<void> {
    this.state = 'ready';
    this.user = identity.user;
    return ok(undefined);
  }

  subscribe(channel: string): Promise<Outcome<SubscribeResult>> {
    this.calls.push(`subscribe ${channel}`);
    if (channel.startsWith('user:')) return Promise.resolve(ok(PLAIN));
    return new Promise((resolve) => this.subscribing.push(resolve));
  }

  async publish(channel: string): Promise<Outcome<{ duplicate: boolean }>> {
    this.calls.push(`publish ${channel}`);
    if (channel === 'broken') throw new Error('a bug');
    return ok({ duplicate: false });
  }

  unsubscribe(channel: string): Outcome<void> {
    this.calls.push(`unsubscribe ${channel}`);
    return ok(undefined);
  }

  disconnect(disconnect: Disconnect): void {
    this.closed ??= disconnect;
    this.state = 'draining';
  }

  send(message: string): void {
    this.sent.push(message);
  }

  handleClosed(isClean: boolean): void {
    this.closedCleanly = isClean;
  }

  refresh = () => ok(undefined);
  refreshSubscription = () => ok(undefined);
  presence = async () => fail('not_available');
  presenceStats = async () => fail('not_available');
  history = async () => fail('not_available');
  positions = () => new Map();
  allowsCommand = () => !this.isRateExceeded;
  handleFrame = () => undefined;
  handleDrain = () => undefined;
}

const logged: string[] = [];
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (_fields, message) => void logged.push(message),
  child: () => logger,
};

const clock = createFakeClock();
const verifying: ((identity: Outcome<Identity>) => void)[] = [];
let session: ScriptedSession;
const counted = new Map<string, number>();

const deps: NativeDeps = {
  connections: { open: (init) => (session = new ScriptedSession(init)) },
  authenticator: {
    verifyConnection: () => new Promise((resolve) => verifying.push(resolve)),
    verifySubscription: async () => fail('unauthorized'),
  },
  credentials: { resolve: async () => ok({ user: 'by-ticket' }) },
  rpc: { call: async (_session, method) => ok(JSON.stringify(method)) },
  clock,
  logger,
  metrics: {
    count: (name, amount, labels = {}) => {
      const key = [name, ...Object.values(labels)].join(' ');
      counted.set(key, (counted.get(key) ?? 0) + amount);
    },
    observe: () => undefined,
  },
  version: '1.2.3',
  allowsAnonymous: false,
};

const handshake = (query = ''): HandshakeRequest => ({
  path: '/connection/websocket',
  params: {},
  query: new URLSearchParams(query),
  remoteAddress: '127.0.0.1',
});

const socket = {
  send: () => 'sent' as const,
  close: () => undefined,
  terminate: () => undefined,
};

const open = (query?: string, options: Partial<NativeDeps> = {}) =>
  createNativeEndpoint({ ...deps, ...options }).open(socket, handshake(query));

const line = (...commands: object[]): string =>
  commands.map((command) => JSON.stringify(command)).join('\n');

const CONNECT = { id: 1, connect: { token: 't' } };

const connected = async () => {
  const connection = open();
  connection.handleText(line(CONNECT));
  verifying.shift()?.(ok({ user: 'alice' }));
  await clock.settle();
  session.sent.length = 0;
  session.calls.length = 0;
  return connection;
};

beforeEach(async () => {
  await clock.advance(100);
  logged.length = 0;
  verifying.length = 0;
  counted.clear();
});

describe('the order of commands', () => {
  it('nothing runs before connect has', async () => {
    const connection = open();
    connection.handleText(line(CONNECT, { id: 2, publish: { channel: 'a', data: 1 } }));
    connection.handleText(line({ id: 3, rpc: { method: 'm' } }));
    await clock.settle();
    expect(session.calls).toEqual([]);
    expect(connection.isAuthenticated).toBe(false);
    verifying.shift()?.(ok({ user: 'alice' }));
    await clock.settle();
    expect(connection.isAuthenticated).toBe(true);
    expect(session.calls).toEqual(['subscribe user:alice', 'publish a']);
    expect(session.sent.map((text) => (JSON.parse(text) as { id: number }).id)).toEqual([1, 2, 3]);
  });

  it('what follows a subscribe waits for it, in order, also behind the next one', async () => {
    const connection = await connected();
    connection.handleText(
      line(
        { id: 2, subscribe: { channel: 'a' } },
        { id: 3, publish: { channel: 'a', data: 1 } },
        { id: 4, subscribe: { channel: 'b' } },
        { id: 5, unsubscribe: { channel: 'a' } },
      ),
    );
    await clock.settle();
    expect(session.calls).toEqual(['subscribe a']);
    session.subscribing.shift()?.(ok(PLAIN));
    await clock.settle();
    expect(session.calls).toEqual(['subscribe a', 'publish a', 'subscribe b']);
    connection.handleText(line({ id: 6, publish: { channel: 'c', data: 1 } }));
    session.subscribing.shift()?.(fail('permission_denied'));
    await clock.settle();
    expect(session.calls.slice(3)).toEqual(['unsubscribe a', 'publish c']);
  });

  it('publications do not wait for each other', async () => {
    const connection = await connected();
    connection.handleText(
      line(
        { id: 2, publish: { channel: 'a', data: 1 } },
        { id: 3, publish: { channel: 'b', data: 1 } },
      ),
    );
    expect(session.calls).toEqual(['publish a', 'publish b']);
  });

  it('who sends too much behind a slow command is told to come back later', async () => {
    const connection = await connected();
    connection.handleText(line({ id: 2, subscribe: { channel: 'a' } }));
    const big = line({ id: 3, publish: { channel: 'a', data: 'x'.repeat(60_000) } });
    for (let index = 0; index < 5; index += 1) connection.handleText(big);
    expect(session.closed?.code).toBe(3013);
    session.subscribing.shift()?.(ok(PLAIN));
    await clock.settle();
    expect(session.calls).toEqual(['subscribe a']);
  });
});

describe('refusals', () => {
  it.each([
    [fail('unauthorized'), 3500],
    [fail('limit_exceeded'), 3504],
    [fail('shutting_down'), 3001],
  ])('a connect that fails with %o closes with %i', async (failure, code) => {
    const connection = open();
    connection.handleText(line(CONNECT));
    verifying.shift()?.(failure);
    await clock.settle();
    expect(session.closed?.code).toBe(code);
    expect(session.sent).toEqual([]);
  });

  it('a key set out of reach is a temporary error: the client comes back', async () => {
    const connection = open();
    connection.handleText(line(CONNECT));
    verifying.shift()?.(fail('internal'));
    await clock.settle();
    expect(session.closed).toBeUndefined();
    expect(session.sent[0]).toContain('"code":100');
    expect(session.sent[0]).toContain('"temporary":true');
  });

  it('without any credential it is error 101, unless anonymous people are allowed', async () => {
    open().handleText(line({ id: 1, connect: {} }));
    await clock.settle();
    expect(session.sent[0]).toContain('"code":101');
    open('', { allowsAnonymous: true }).handleText(line({ id: 1, connect: {} }));
    await clock.settle();
    expect(session.sent[0]).toContain('"connect":{"client":"c1","version":"1.2.3"');
  });

  it('a ticket of the handshake stands in for a token, once', async () => {
    open('ticket=x').handleText(line({ id: 1, connect: {} }));
    await clock.settle();
    expect(session.user).toBe('by-ticket');
  });

  it('beyond the rate a command is error 111 and does not run', async () => {
    const connection = await connected();
    session.isRateExceeded = true;
    connection.handleText(line({ id: 2, publish: { channel: 'a', data: 1 } }));
    expect(session.calls).toEqual([]);
    expect(session.sent[0]).toContain('"code":111');
  });

  it('a handler that throws is error 100, and is logged', async () => {
    const connection = await connected();
    connection.handleText(line({ id: 2, publish: { channel: 'broken', data: 1 } }));
    await clock.settle();
    expect(session.sent[0]).toContain('"code":100');
    expect(logged).toEqual(['command failed']);
  });
});

describe('pongs', () => {
  it('as many as there were pings are fine, more close with 3501', async () => {
    const connection = await connected();
    for (let ping = 0; ping < 10; ping += 1) {
      await clock.advance(25_000);
      connection.handleText('{}');
    }
    expect(session.closed).toBeUndefined();
    for (let pong = 0; pong < 3; pong += 1) connection.handleText('{}');
    expect(session.closed?.code).toBe(3501);
  });
});

describe('the end', () => {
  it.each([
    [1000, true],
    [1005, true],
    [1001, false],
    [1006, false],
    [3000, false],
  ])('with code %i is a goodbye: %s', async (code, isClean) => {
    const connection = await connected();
    connection.handleClosed(code);
    expect(session.closedCleanly).toBe(isClean);
  });
});

it('commands and errors are counted by name and code', async () => {
  const connection = await connected();
  connection.handleText(line({ id: 2, rpc: { method: 'm' } }, { id: 3, rpc: { method: 'm' } }));
  connection.handleText('nonsense');
  await clock.advance(100);
  expect(counted.get('ws_commands_total rpc')).toBe(2);
  expect(counted.get('ws_errors_total 400')).toBe(1);
});

it('the messages of a tick are lines of one text frame', () => {
  const frame = NATIVE_JSON.encodeMessages(['{"id":1}', '{"id":2}']);
  expect(Buffer.from(frame.subarray(2)).toString()).toBe('{"id":1}\n{"id":2}');
  const events = NATIVE_JSON.encodeEvents('c', [
    { type: 'publication', publication: { data: '1', offset: 1 } },
    { type: 'publication', publication: { data: '2', offset: 2 } },
  ]);
  expect(Buffer.from(events?.subarray(2) ?? []).toString()).toBe(
    '{"push":{"channel":"c","pub":{"data":1,"offset":1}}}\n{"push":{"channel":"c","pub":{"data":2,"offset":2}}}',
  );
});
