import type { ChannelEvent, Publication } from '@carillon/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { brokerContract } from '../../../../testkit/src/contracts/broker-contract.ts';
import { sharedConnectionDirectoryContract } from '../../../../testkit/src/contracts/connection-directory-contract.ts';
import { sharedControlBusContract } from '../../../../testkit/src/contracts/control-bus-contract.ts';
import { sharedPresenceStoreContract } from '../../../../testkit/src/contracts/presence-store-contract.ts';
import { sharedRatesContract } from '../../../../testkit/src/contracts/shared-rates-contract.ts';
import { sharedTicketOfficeContract } from '../../../../testkit/src/contracts/ticket-office-contract.ts';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { createNodeFixture } from '../../../../testkit/src/simulation/node-fixture.ts';
import { createSeededRandom } from '../../../../testkit/src/seeded-random.ts';
import type { Engine } from '../../ports/engine.ts';
import type { Logger } from '../../ports/logger.ts';
import { NATIVE_JSON } from '../../protocols/native/native-format.ts';
import { createMemoryBroker } from '../broker-memory/memory-broker.ts';
import { createMemoryPresenceStore } from '../presence-memory/memory-presence-store.ts';
import { createMemoryTicketOffice } from '../tickets-memory/memory-ticket-office.ts';
import { RATES_FORGOTTEN_AFTER_MS } from './rate-ledger.ts';
import { SHARED_FROM } from './shared-frame.ts';
import { createThreadsEngine } from './threads-engine.ts';
import type { ThreadsEngine } from './threads-engine.ts';
import type { HostedThread, ThreadsHost } from './threads-host.ts';
import { createThreadsHost } from './threads-host.ts';

const log: string[] = [];
const note = (_fields: object, message: string): void => void log.push(message);
const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };

const hosts: ThreadsHost[] = [];

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
  log.length = 0;
});

/** Both halves in one thread, with a real port between them. Time is fake, turns are real. */
async function start(settings: { maxWeightPerThread?: number } = {}) {
  const fake = createFakeClock();
  const clock = {
    now: () => fake.now(),
    monotonic: () => fake.monotonic(),
    after: (ms: number, callback: () => void) => {
      // A survey's end is waited for in real time.
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    defer: (callback: () => void) => void setImmediate(callback),
  };
  const random = { ...createSeededRandom(1), id: () => crypto.randomUUID() };
  const host = createThreadsHost({
    broker: createMemoryBroker({ clock: fake, random }),
    presenceStore: createMemoryPresenceStore(),
    tickets: createMemoryTicketOffice({ clock, random, lifetimeMs: 60_000 }),
    encodeFrame: (channel, each) => NATIVE_JSON.encodeEvents(channel, [each]),
    clock,
    logger,
    ...settings,
  });
  hosts.push(host);
  await host.start();
  const connect = (options: { maxWaitingCalls?: number } = {}): ThreadsEngine & HostedThread => {
    const thread = host.connect(1);
    return { ...createThreadsEngine(thread.port, { clock, logger, ...options }), ...thread };
  };
  return { host, connect, clock: fake, advance: (ms: number) => fake.advance(ms) };
}

brokerContract('threads', async () => {
  const { connect, advance } = await start();
  return { broker: connect().broker, advance };
});

sharedPresenceStoreContract('threads', async () => {
  const { connect, advance } = await start();
  return {
    store: connect().presenceStore,
    makeSecondNode: () => {
      const { presenceStore, end } = connect();
      return Promise.resolve({ store: presenceStore, crash: () => Promise.resolve(end()) });
    },
    deadAfterMs: 0,
    advance,
  };
});

sharedConnectionDirectoryContract('threads', async () => {
  const { connect, advance } = await start();
  return {
    directory: connect().directory,
    makeSecondNode: () => {
      const { directory, end } = connect();
      return Promise.resolve({ directory, crash: () => Promise.resolve(end()) });
    },
    deadAfterMs: 0,
    advance,
  };
});

sharedControlBusContract('threads', async () => {
  const { connect } = await start();
  return {
    bus: connect().controlBus,
    makeSecondNode: () => Promise.resolve(connect().controlBus),
  };
});

sharedTicketOfficeContract('threads', async () => {
  const { connect, clock, advance } = await start();
  return {
    office: connect().tickets,
    makeSecondNode: () => Promise.resolve(connect().tickets),
    lifetimeMs: 60_000,
    now: () => clock.now(),
    advance,
    close: () => Promise.resolve(),
  };
});

sharedRatesContract('threads', async () => {
  const { connect, advance } = await start();
  const ratesOf = ({ sharedRates }: Engine) => {
    if (sharedRates === undefined) throw new Error('threads share their rates');
    return sharedRates;
  };
  return {
    rates: ratesOf(connect()),
    makeSecondNode: () => Promise.resolve(ratesOf(connect())),
    forgetsAfterMs: 2 * RATES_FORGOTTEN_AFTER_MS,
    advance,
    close: () => Promise.resolve(),
  };
});

const event = (data: string): ChannelEvent => ({ type: 'publication', publication: { data } });
const dataOf = (each: ChannelEvent): string =>
  each.type === 'publication' ? each.publication.data : each.type;
const withOffset = (
  { publication }: { readonly publication: Publication },
  offset: number,
): ChannelEvent => ({ type: 'publication', publication: { ...publication, offset } });
const KEPT = { historySize: 100, historyTtlMs: 60_000 };

async function listen(engine: Engine, ...channels: readonly string[]) {
  const seen: string[] = [];
  let reconnects = 0;
  await engine.broker.start({
    handleEvent: (channel, each) => seen.push(`${channel} ${dataOf(each)}`),
    handleReconnected: () => (reconnects += 1),
  });
  for (const channel of channels) await engine.broker.subscribe(channel);
  return { seen, reconnects: () => reconnects };
}

describe('threads', () => {
  it('all see one order per channel, whoever publishes', async () => {
    const { connect } = await start();
    const engines = [connect(), connect(), connect()];
    const listeners = await Promise.all(engines.map((engine) => listen(engine, 'a', 'b')));
    await Promise.all(
      engines.flatMap(({ broker }, thread) =>
        Array.from({ length: 50 }, (_, n) =>
          broker.publish(n % 2 === 0 ? 'a' : 'b', event(`"${thread}.${n}"`), KEPT),
        ),
      ),
    );
    // An answer comes after the events from before it.
    for (const { broker } of engines) await broker.history('a', { limit: 0 });
    const [first, ...others] = listeners.map(({ seen }) => seen);
    expect(first).toHaveLength(150);
    for (const seen of others) expect(seen).toEqual(first);
  });

  it('a large publication reaches all threads as it was, its frame in memory they share', async () => {
    const { connect } = await start();
    const engines = [connect(), connect()];
    const events = engines.map(() => [] as ChannelEvent[]);
    for (const [index, { broker }] of engines.entries()) {
      await broker.start({ handleEvent: (_channel, each) => events[index]?.push(each) });
      await broker.subscribe('a');
    }
    const data = JSON.stringify(`ä 😀 ${'x'.repeat(SHARED_FROM)}`);
    const sent = { type: 'publication', publication: { data, tags: { cid: '1' } } } as const;
    for (const { broker } of engines) await broker.publish('a', sent, KEPT);
    for (const { broker } of engines) await broker.history('a', { limit: 0 });
    const frames = engines.map(({ preparedFormat }, index) =>
      preparedFormat(NATIVE_JSON).encodeEvents('a', events[index]?.slice(0, 1) ?? []),
    );
    for (const each of events) {
      expect(each).toEqual([1, 2].map((offset) => withOffset(sent, offset)));
    }
    for (const frame of frames) expect(frame?.buffer).toBeInstanceOf(SharedArrayBuffer);
    const expected = NATIVE_JSON.encodeEvents('a', [withOffset(sent, 1)]);
    for (const frame of frames) expect(Buffer.from(frame ?? [])).toEqual(expected);
  });

  it('whoever has published has seen it', async () => {
    const { connect } = await start();
    const engine = connect();
    const { seen } = await listen(engine, 'a');
    await engine.broker.publish('a', event('1'), KEPT);
    expect(seen).toEqual(['a 1']);
  });

  it('nobody is told what was published before the subscription', async () => {
    const { connect } = await start();
    const [early, late] = [connect(), connect()];
    const first = await listen(early, 'a');
    const second = await listen(late);
    // All three reach the main thread in one turn.
    await Promise.all([
      early.broker.publish('a', event('1'), {}),
      late.broker.subscribe('a'),
      early.broker.publish('a', event('2'), {}),
    ]);
    await late.broker.publish('a', event('3'), {});
    await early.broker.history('a', { limit: 0 });
    expect(first.seen).toEqual(['a 1', 'a 2', 'a 3']);
    expect(['a 2,a 3', 'a 3']).toContain(second.seen.join());
  });

  it('what a thread held ends with it, for the others to see', async () => {
    const { connect, host } = await start();
    const [one, two] = [connect(), connect()];
    await listen(two, 'a');
    const info = { user: 'bob', client: 'c2' };
    const limit = { maxConnections: 0, policy: 'reject' } as const;
    await two.presenceStore.add('a', info);
    await two.directory.enter(
      {
        connectionId: 'c2',
        user: 'bob',
        deviceType: 'desktop',
        transport: 'websocket',
        protocol: 'native',
        connectedAt: 1,
      },
      limit,
    );
    expect(await one.presenceStore.list('a')).toEqual([info]);
    two.end();
    expect(await one.presenceStore.list('a')).toEqual([]);
    expect(await one.directory.totals()).toEqual({ users: 0, connections: 0, byUser: new Map() });
    expect(host.totals().connections).toBe(0);
  });

  it('a thread that falls behind is told of nothing further, and then that it missed something', async () => {
    const { connect } = await start({ maxWeightPerThread: 10_000 });
    const [publisher, slow] = [connect(), connect()];
    const { seen, reconnects } = await listen(slow, 'a');
    const big = JSON.stringify('x'.repeat(1_000));
    // What was taken is told with the next call, and `slow` makes none.
    for (let turn = 0; turn < 10; turn += 1) {
      const sent = Array.from({ length: 10 }, () =>
        publisher.broker.publish('a', event(big), KEPT),
      );
      await Promise.all(sent);
    }
    expect(seen.length).toBeLessThan(100);
    expect(log).toContain('a worker thread does not keep up; publications are withheld from it');
    await slow.broker.history('a', { limit: 0 });
    await slow.broker.history('a', { limit: 0 });
    expect(reconnects()).toBeGreaterThan(0);
    const before = seen.length;
    await publisher.broker.publish('a', event('"again"'), KEPT);
    await slow.broker.history('a', { limit: 0 });
    expect(seen.slice(before)).toEqual(['a "again"']);
  });

  it('what a thread missed while it was behind reaches its subscribers all the same', async () => {
    const { connect } = await start({ maxWeightPerThread: 10_000 });
    const [publisher, slow] = [connect(), connect()];
    const node = await createNodeFixture({ broker: slow.broker });
    const client = node.connect('ann');
    // Turns for the ports, time for the node.
    const pass = async (until: () => boolean): Promise<void> => {
      for (let turn = 0; turn < 500 && !until(); turn += 1) {
        await node.clock.advance(20);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const subscribing = client.session.subscribe('ev:1', {});
    await pass(() => node.node.subscriberCount('ev:1') === 1);
    await subscribing;
    const big = (n: number): string => JSON.stringify(`${n}${'x'.repeat(1_000)}`);
    for (let n = 0; n < 60; n += 10) {
      const sent = Array.from({ length: 10 }, (_, index) =>
        publisher.broker.publish('ev:1', event(big(n + index)), KEPT),
      );
      await Promise.all(sent);
    }
    expect(log).toContain('a worker thread does not keep up; publications are withheld from it');
    // Nothing follows that would betray the gap.
    void slow.directory.totals();
    await pass(() => client.socket.lines.length >= 60);
    const offsets = client.socket.lines.map((line) => /"offset":(\d+)/.exec(line)?.[1]);
    expect(offsets).toEqual(Array.from({ length: 60 }, (_, index) => String(index + 1)));
    await node.node.close();
  });

  it('with the main thread gone calls end, and the directory answers for its own thread', async () => {
    const { connect, host } = await start();
    const engine = connect();
    const waiting = engine.broker.history('a', { limit: 0 });
    await host.close();
    await expect(waiting).rejects.toThrow('the main thread is gone');
    await expect(engine.broker.publish('a', event('1'), {})).rejects.toThrow('gone');
    expect(await engine.directory.find({ user: 'ann' })).toEqual([]);
    for (const { check } of engine.healthChecks) await expect(check()).rejects.toThrow('gone');
  });

  it('calls without an answer are bounded', async () => {
    const { connect } = await start();
    const { broker } = connect({ maxWaitingCalls: 2 });
    const calls = ['a', 'b', 'c'].map((channel) => broker.publish(channel, event('1'), {}));
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });
});
