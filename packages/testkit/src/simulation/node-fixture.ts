/**
 * A node of the core with memory adapters, fake time and recording sockets: everything the tests
 * of sessions and channels need, without a network.
 */
import type { Disconnect } from '@carillon/protocol';
import { createLocalControlBus } from '../../../server/src/adapters/control-bus-local/local-control-bus.ts';
import { createLocalDirectory } from '../../../server/src/adapters/directory-local/local-directory.ts';
import { createMemoryBroker } from '../../../server/src/adapters/broker-memory/memory-broker.ts';
import { createMemoryPresenceStore } from '../../../server/src/adapters/presence-memory/memory-presence-store.ts';
import { builtInNamespaces } from '../../../server/src/config/namespace-config.ts';
import { createNode } from '../../../server/src/core/node.ts';
import type { Node, NodeOptions } from '../../../server/src/core/node.ts';
import type { Identity } from '../../../server/src/ports/authenticator.ts';
import type { Broker } from '../../../server/src/ports/broker.ts';
import type { ChannelPolicy } from '../../../server/src/ports/channel-policy.ts';
import type {
  ConnectionInit,
  Session,
  SessionListener,
  SubscribeResult,
} from '../../../server/src/ports/connection-handler.ts';
import type { Logger } from '../../../server/src/ports/logger.ts';
import type { Metrics } from '../../../server/src/ports/metrics.ts';
import type { Namespace } from '../../../server/src/ports/namespace.ts';
import { createFakeClock } from '../fake-clock.ts';
import type { FakeClock } from '../fake-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { FaultyBroker } from './faulty-broker.ts';
import { createLineFormat } from './line-format.ts';
import type { LineFormat } from './line-format.ts';
import { RecordingSocket } from './recording-socket.ts';

export interface TestClient {
  readonly session: Session;
  readonly socket: RecordingSocket;
  readonly unsubscribed: { channel: string; reason: Disconnect }[];
  readonly subscribed: { channel: string; result: SubscribeResult }[];
  readonly disconnects: Disconnect[];
  readonly expiring: { count: number };
}

export interface NodeFixture {
  readonly node: Node;
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly broker: Broker;
  readonly format: LineFormat;
  /** Sums of all counters by name and labels. */
  readonly counters: ReadonlyMap<string, number>;
  /** A connection that has not said who it is. */
  open(init?: Partial<ConnectionInit>): TestClient;
  /** A ready connection. */
  connect(user: string, identity?: Partial<Identity>, init?: Partial<ConnectionInit>): TestClient;
}

/** `ev:` has history and recovery, `live:` has neither, `progress:` keeps the latest only, `open:` tells joins. */
const TEST_NAMESPACES: readonly Namespace[] = [
  namespace('ev', { historySize: 100, historyTtlMs: 60_000, canRecover: true }),
  namespace('live', {}),
  namespace('progress', { slowConsumer: 'latest' }),
  namespace('open', { hasPresence: true, hasJoinLeave: true }),
  namespace('closed', { subscribe: 'none', publish: 'none' }),
  namespace('ticketed', { subscribe: 'token', publish: 'token' }),
  namespace('archive', { historySize: 10, historyTtlMs: 60_000 }),
];

export function namespace(name: string, rules: Partial<Namespace>): Namespace {
  return {
    name,
    subscribe: 'authenticated',
    publish: 'authenticated',
    historySize: 0,
    historyTtlMs: 0,
    canRecover: false,
    hasPresence: false,
    hasJoinLeave: false,
    slowConsumer: 'disconnect',
    ...rules,
  };
}

export interface FixtureOptions extends Partial<NodeOptions> {
  readonly clock?: FakeClock;
  readonly random?: SeededRandom;
}

export async function createNodeFixture(options: FixtureOptions = {}): Promise<NodeFixture> {
  const clock = options.clock ?? createFakeClock();
  const random = options.random ?? createSeededRandom(1);
  const broker = options.broker ?? createMemoryBroker({ clock, random });
  const counters = new Map<string, number>();
  const node = createNode({
    presenceStore: createMemoryPresenceStore(),
    controlBus: createLocalControlBus(),
    directory: createLocalDirectory(),
    identity: { id: 'n1', name: 'test', version: '0.0.0', kind: 'combined' },
    policy: openPolicy(),
    namespaces: [...builtInNamespaces({ isRoomOpen: false }), ...TEST_NAMESPACES],
    logger: silentLogger(),
    metrics: countingMetrics(counters),
    ...options,
    clock,
    random,
    broker,
  });
  await node.start();
  const format = createLineFormat();
  const open = (init: Partial<ConnectionInit> = {}): TestClient => openClient(node, format, init);
  return {
    node,
    clock,
    random,
    broker,
    format,
    counters,
    open,
    connect(user, identity = {}, init = {}) {
      const client = open(init);
      const outcome = client.session.authenticate({ user, ...identity });
      if (outcome instanceof Promise) throw new Error('this directory answers later: use open');
      if (!outcome.ok) throw new Error(`not admitted: ${outcome.error}`);
      return client;
    },
  };
}

/** Everybody is a member; `user:x` and `task:x` belong to `x`. */
export function openPolicy(overrides: Partial<ChannelPolicy> = {}): ChannelPolicy {
  return {
    isMember: () => true,
    isOwner: (user, channel) => channel.split(':')[1] === user,
    subscribeData: () => undefined,
    handlePublish: () => undefined,
    ...overrides,
  };
}

function openClient(node: Node, format: LineFormat, init: Partial<ConnectionInit>): TestClient {
  const socket = new RecordingSocket();
  const records = {
    unsubscribed: [] as { channel: string; reason: Disconnect }[],
    subscribed: [] as { channel: string; result: SubscribeResult }[],
    disconnects: [] as Disconnect[],
    expiring: { count: 0 },
  };
  const listener: SessionListener = {
    handleSubscribed: (_session, channel, result) => records.subscribed.push({ channel, result }),
    handleUnsubscribed: (_session, channel, reason) =>
      records.unsubscribed.push({ channel, reason }),
    handleDisconnect(_session, disconnect) {
      records.disconnects.push(disconnect);
      return disconnect;
    },
    handleExpiring() {
      records.expiring.count += 1;
    },
  };
  const session = node.open({
    socket,
    format,
    listener,
    heartbeat: { intervalMs: 0, timeoutMs: 0, message: 'ping' },
    transport: 'websocket',
    protocol: 'native',
    deviceType: 'desktop',
    remoteAddress: '127.0.0.1',
    ...init,
  });
  return { session, socket, ...records };
}

export function silentLogger(): Logger {
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error() {},
    child: () => logger,
  };
  return logger;
}

function countingMetrics(counters: Map<string, number>): Metrics {
  return {
    count(name, amount, labels) {
      const key = labels === undefined ? name : `${name} ${Object.values(labels).join(' ')}`;
      counters.set(key, (counters.get(key) ?? 0) + amount);
    },
    observe() {},
  };
}

/** A fixture whose broker fails on command. */
export async function createFaultyFixture(
  options: FixtureOptions = {},
): Promise<NodeFixture & { readonly faulty: FaultyBroker }> {
  const clock = options.clock ?? createFakeClock();
  const random = options.random ?? createSeededRandom(1);
  const faulty = new FaultyBroker(createMemoryBroker({ clock, random }));
  const fixture = await createNodeFixture({ ...options, clock, random, broker: faulty });
  return { ...fixture, faulty };
}
