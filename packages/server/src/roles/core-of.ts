/** Store, domain and core of one process, wired: what every application kind stands on. */
import { mkdirSync } from 'node:fs';
import { createMemoryBroker } from '../adapters/broker-memory/memory-broker.ts';
import { createSystemClock } from '../adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../adapters/clock-system/system-random.ts';
import { createLocalControlBus } from '../adapters/control-bus-local/local-control-bus.ts';
import type { PrometheusMetrics } from '../adapters/metrics-prometheus/prometheus-metrics.ts';
import { createPrometheusMetrics } from '../adapters/metrics-prometheus/prometheus-metrics.ts';
import { createMemoryPresenceStore } from '../adapters/presence-memory/memory-presence-store.ts';
import { createLocalDirectory } from '../adapters/directory-local/local-directory.ts';
import { openSqliteStore } from '../adapters/store-sql/sqlite-store.ts';
import type { Node } from '../core/node.ts';
import { createNode } from '../core/node.ts';
import type { Domain } from '../domain/domain.ts';
import { createDomain } from '../domain/domain.ts';
import type { Broker } from '../ports/broker.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { HealthCheck } from '../ports/health.ts';
import type { Store } from '../ports/store.ts';
import type { ApplicationContext } from './application.ts';
import { databasePath } from './database-path.ts';
import { coreLimitsOf, domainLimitsOf, relayLimitsOf } from './limits-of.ts';
import { createPushSenders } from './push-senders.ts';
import { VERSION } from './version.ts';

export interface Core {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: PrometheusMetrics;
  readonly store: Store;
  readonly node: Node;
  readonly domain: Domain;
  readonly healthChecks: readonly HealthCheck[];
  start(): Promise<void>;
  /** Everybody is sent away, what was accepted is told, everything is closed: in this order. */
  close(): Promise<void>;
}

/** A channel nobody can subscribe to, for the broker's round trip. */
const HEALTH_CHANNEL = '$health';

export async function createCore({ config, logger }: ApplicationContext): Promise<Core> {
  const { settings } = config;
  const clock = createSystemClock();
  const random = createSystemRandom();
  const metrics = createPrometheusMetrics();
  mkdirSync(settings.dataDir, { recursive: true });
  const store = await openSqliteStore({ path: databasePath(settings.dataDir), logger, clock });
  const pushSenders = createPushSenders(config, { clock, logger });
  const shared = { clock, random, logger, metrics };
  const domain = createDomain({
    ...shared,
    store,
    pushSenders,
    limits: domainLimitsOf(config),
    relayLimits: relayLimitsOf(config),
  });
  const broker = createMemoryBroker(shared, { maxHistoryBytes: settings.brokerMaxBytes });
  const node = createNode({
    ...shared,
    broker,
    presenceStore: createMemoryPresenceStore(),
    controlBus: createLocalControlBus(),
    directory: createLocalDirectory(),
    identity: { id: random.id(), name: 'carillon', version: VERSION, kind: 'combined' },
    policy: domain.policy,
    namespaces: config.namespaces,
    limits: coreLimitsOf(config),
    isInsecure: settings.insecure,
  });
  domain.connect({ publisher: node, registry: node, channelAdmin: node, cluster: node });
  metrics.watch({ local: node.local, outbox: store.outbox, now: () => clock.now() });
  return {
    clock,
    random,
    metrics,
    store,
    node,
    domain,
    healthChecks: [
      { name: 'store', check: () => store.ping() },
      { name: 'broker', check: () => checkBroker(broker) },
    ],
    start: async () => {
      await node.start();
      domain.relay.start();
    },
    close: async () => {
      await node.drain({ durationMs: settings.drainTimeout });
      await domain.relay.flush();
      await domain.relay.stop();
      await node.close();
      for (const sender of pushSenders) await sender.close();
      await store.close();
    },
  };
}

async function checkBroker(broker: Broker): Promise<void> {
  await broker.history(HEALTH_CHANNEL, { limit: 0 });
}
