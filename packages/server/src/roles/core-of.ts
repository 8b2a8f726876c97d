/** Store, engine, domain and core of one process, wired: what every application kind stands on. */
import { hostname } from 'node:os';
import { createSystemClock } from '../adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../adapters/clock-system/system-random.ts';
import type { PrometheusMetrics } from '../adapters/metrics-prometheus/prometheus-metrics.ts';
import { createPrometheusMetrics } from '../adapters/metrics-prometheus/prometheus-metrics.ts';
import { ConfigError } from '../config/load-config.ts';
import type { Node } from '../core/node.ts';
import { createNode } from '../core/node.ts';
import type { Domain } from '../domain/domain.ts';
import { createDomain } from '../domain/domain.ts';
import type { StatisticsRecorder } from '../domain/operations/statistics-recorder.ts';
import { createStatisticsRecorder } from '../domain/operations/statistics-recorder.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Engine } from '../ports/engine.ts';
import type { HealthCheck } from '../ports/health.ts';
import type { PushSender } from '../ports/push-sender.ts';
import type { Store } from '../ports/store.ts';
import type { ApplicationContext } from './application.ts';
import { createEngine } from './engine-of.ts';
import { createExternalEventHandler } from './external-events.ts';
import { coreLimitsOf, domainLimitsOf, drainOptionsOf, relayLimitsOf } from './limits-of.ts';
import { createPushSenders } from './push-senders.ts';
import { openStore } from './store-of.ts';
import { uploadToolsOf } from './uploads-of.ts';
import { VERSION } from './version.ts';
import type { ThreadTools } from './workers-parts.ts';

export interface Core {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: PrometheusMetrics;
  readonly store: Store;
  readonly engine: Engine;
  readonly node: Node;
  readonly domain: Domain;
  readonly healthChecks: readonly HealthCheck[];
  start(): Promise<void>;
  /** Sends everybody away, at the set pace. */
  drain(): Promise<void>;
  /** What was accepted is told, everything is closed. After `drain`, and when no request is under way. */
  close(): Promise<void>;
}

export interface CoreOptions {
  /**
   * This process sends pushes and tells what others left behind. One that does not publishes at
   * once what it commits itself, and leaves the pushes to those that do.
   */
  readonly relaysOutbox: boolean;
}

/** Letting go of a server that does not answer may not hold a shutdown up. */
const RELEASE_TIMEOUT_MS = 5_000;

/** @throws ConfigError when database or engine cannot be used, both named where both are away. */
export async function createCore(context: ApplicationContext, options: CoreOptions): Promise<Core> {
  const { config, logger } = context;
  const clock = createSystemClock();
  const prometheus = createPrometheusMetrics();
  const recorder = createStatisticsRecorder({ clock, metrics: prometheus });
  const metrics = { ...prometheus, ...recorder.metrics };
  const tools = { clock, random: createSystemRandom(), logger, metrics };
  const outside = await openOutside(context, tools);
  try {
    const pushSenders = createPushSenders(config, tools);
    return wire({ context, options, tools, recorder, pushSenders, ...outside });
  } catch (error) {
    await Promise.all([outside.engine.close(), outside.store.close()]);
    throw error;
  }
}

/** What is not in this process, or not only. */
interface Outside {
  readonly id: string;
  readonly name: string;
  readonly engine: Engine;
  readonly store: Store;
}

async function openOutside(
  { config, thread }: ApplicationContext,
  tools: ThreadTools,
): Promise<Outside> {
  const id = tools.random.id();
  const name = config.settings.nodeName ?? hostname();
  const [engine, store] = await Promise.allSettled([
    thread?.createEngine?.(tools) ?? createEngine(config, { ...tools, nodeId: id, nodeName: name }),
    thread?.openStore?.(tools) ?? openStore(config, tools),
  ]);
  if (engine.status === 'fulfilled' && store.status === 'fulfilled') {
    return { id, name, engine: engine.value, store: store.value };
  }
  if (engine.status === 'fulfilled') await engine.value.close();
  if (store.status === 'fulfilled') await store.value.close();
  throw failureOf([engine, store]);
}

/** All that is away, in one message. */
function failureOf(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const problems = reasons.flatMap((reason) =>
    reason instanceof ConfigError ? reason.problems : [],
  );
  return reasons.find((reason) => !(reason instanceof ConfigError)) ?? new ConfigError(problems);
}

interface Wiring extends Outside {
  readonly context: ApplicationContext;
  readonly options: CoreOptions;
  readonly tools: ThreadTools & { readonly metrics: PrometheusMetrics };
  readonly recorder: StatisticsRecorder;
  readonly pushSenders: readonly PushSender[];
}

function wire(wiring: Wiring): Core {
  const { context, options, tools, recorder, pushSenders, engine, store } = wiring;
  const { config, thread } = context;
  const { externalEvents } = engine;
  const domain = createDomain({
    ...tools,
    store,
    pushSenders,
    leavesPushes: !options.relaysOutbox,
    announceBroadcast: async (json) => externalEvents?.announceBroadcast(json),
    uploads: uploadToolsOf(config, tools),
    limits: domainLimitsOf(config),
    relayLimits: relayLimitsOf(config),
  });
  const node = nodeOf(wiring, domain);
  domain.connect({ publisher: node, registry: node, channelAdmin: node, cluster: node });
  const { clock, metrics } = tools;
  metrics.watch({ local: node.local, outbox: store.outbox, engine, now: () => clock.now() });
  return {
    ...tools,
    store,
    engine,
    node,
    domain,
    healthChecks: [
      { name: 'store', check: () => store.ping() },
      ...engine.healthChecks,
      ...(thread?.healthChecks ?? []),
    ],
    start: async () => {
      await node.start();
      recorder.start(() => node.figures());
      await externalEvents?.start(createExternalEventHandler({ ...tools, inbox: domain.inbox }));
      if (options.relaysOutbox) domain.relay.start();
      if (sweepsUploads(wiring)) await domain.uploads.sweep.start(isAlone(context));
    },
    drain: () => node.drain(drainOptionsOf(config)),
    close: () => closeAll(wiring, { node, domain }),
  };
}

/** Of the threads of a process one is enough. */
const sweepsUploads = ({ options, context: { thread } }: Wiring): boolean =>
  options.relaysOutbox && (thread === undefined || thread.number === 1);

/** What is unfinished at the start of the only process was left by an earlier one. */
const isAlone = ({ config, thread }: ApplicationContext): boolean =>
  config.settings.databaseUrl === undefined && thread === undefined;

function nodeOf({ context, tools, id, name, engine, recorder }: Wiring, domain: Domain): Node {
  const { config } = context;
  const { broker, presenceStore, controlBus, directory, sharedRates } = engine;
  return createNode({
    ...tools,
    broker,
    presenceStore,
    controlBus,
    directory,
    ...(sharedRates === undefined ? {} : { sharedRates }),
    recorder,
    identity: { id, name, version: VERSION, kind: config.kind },
    policy: domain.policy,
    namespaces: config.namespaces,
    limits: coreLimitsOf(config),
    isInsecure: config.settings.insecure,
  });
}

async function closeAll(
  { tools, recorder, pushSenders, engine, store }: Wiring,
  { node, domain }: Pick<Core, 'node' | 'domain'>,
): Promise<void> {
  const release = (name: string, closing: Promise<void>): Promise<void> =>
    releaseWithin(tools, name, closing);
  recorder.stop();
  await domain.relay.flush();
  await domain.relay.stop();
  domain.uploads.sweep.stop();
  await release('node', node.close());
  await Promise.all(pushSenders.map((sender) => release('push sender', sender.close())));
  await release('engine', engine.close());
  await release('store', store.close());
}

/** Resolves in any case: a shutdown goes on. */
async function releaseWithin(
  { clock, logger }: Pick<ThreadTools, 'clock' | 'logger'>,
  part: string,
  closing: Promise<void>,
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(RELEASE_TIMEOUT_MS, () => {
    logger.warn({ part }, 'did not close in time; left behind');
    late.resolve();
  });
  try {
    await Promise.race([closing, late.promise]);
  } catch (error) {
    logger.warn({ part, error: String(error) }, 'did not close properly');
  } finally {
    cancel();
  }
}
