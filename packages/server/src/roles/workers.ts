/**
 * A process of several threads (WORKERS): the main thread holds the engine and the store and
 * supervises; each worker thread is an application of the configured kind on the same port, over
 * which the kernel spreads the connections. Serves nothing itself.
 */
import { mkdirSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { createSystemClock } from '../adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../adapters/clock-system/system-random.ts';
import { mergeSnapshots } from '../adapters/metrics-prometheus/merge-snapshots.ts';
import type {
  MetricsSnapshot,
  WholeMetric,
} from '../adapters/metrics-prometheus/merge-snapshots.ts';
import { openSqliteStore } from '../adapters/store-sql/sqlite-store.ts';
import type { SqliteStore } from '../adapters/store-sql/sqlite-store.ts';
import type { ThreadsHost } from '../adapters/threads/threads-host.ts';
import { createThreadsHost } from '../adapters/threads/threads-host.ts';
import type { Config } from '../config/load-config.ts';
import { ConfigError } from '../config/load-config.ts';
import { engineName } from '../config/engine-choice.ts';
import { NATIVE_JSON } from '../protocols/native/native-format.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Application, ApplicationContext } from './application.ts';
import { databasePath } from './database-path.ts';
import { createMemoryEngine } from './memory-engine.ts';
import type { Handlers, MainTasks } from './workers-dialogue.ts';
import { shareOf } from './workers-share.ts';
import { WorkerSlot } from './workers-slot.ts';

/** What all threads use, in the main thread. Undefined parts are opened by each thread itself. */
interface Shared {
  readonly host: ThreadsHost | undefined;
  readonly store: SqliteStore | undefined;
}

interface Tools {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Beyond the drain: what a thread may take to let go of everything. */
const RELEASE_MS = 15_000;
/** A thread that does not answer a scrape in time is left out of it. */
const METRICS_TIMEOUT_MS = 2_000;

/** @throws ConfigError when threads cannot share a port here, or when the threads find a problem. */
export async function createWorkers(context: ApplicationContext): Promise<Application> {
  if (process.platform !== 'linux') {
    const fix = 'set WORKERS=1, and start several processes behind a proxy instead';
    throw new ConfigError([`WORKERS: threads share a port on Linux only; ${fix}`]);
  }
  const { config, logger } = context;
  const tools = { clock: createSystemClock(), random: createSystemRandom(), logger };
  const shared = await openShared(config, tools);
  const workers = new Workers(context, tools, shared);
  try {
    await workers.build();
    return workers;
  } catch (error) {
    await workers.close();
    throw error;
  }
}

async function openShared(config: Config, tools: Tools): Promise<Shared> {
  const { settings } = config;
  const store = settings.databaseUrl === undefined ? await openEmbedded(config, tools) : undefined;
  if (engineName(settings) !== 'memory') return { store, host: undefined };
  const memory = createMemoryEngine({
    ...tools,
    maxHistoryBytes: settings.brokerMaxBytes,
    ticketLifetimeMs: settings.ticketTtl,
  });
  const { broker, presenceStore, tickets } = memory;
  const host = createThreadsHost({
    broker,
    presenceStore,
    tickets,
    encodeFrame: (channel, event) => NATIVE_JSON.encodeEvents(channel, [event]),
    ...tools,
  });
  await host.start();
  return { store, host };
}

function openEmbedded({ settings }: Config, tools: Tools): Promise<SqliteStore> {
  mkdirSync(settings.dataDir, { recursive: true });
  return openSqliteStore({ path: databasePath(settings.dataDir), ...tools });
}

class Workers implements Application {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #shared: Shared;
  readonly #slots: readonly WorkerSlot[];
  /** There only where there is something to reload: SIGHUP keeps its meaning otherwise. */
  declare readonly reload?: () => void;
  #port = 0;
  #restarts = 0;
  #busy = performance.eventLoopUtilization();

  constructor({ config, logger, hasPages }: ApplicationContext, tools: Tools, shared: Shared) {
    this.#config = config;
    this.#logger = logger;
    this.#clock = tools.clock;
    this.#shared = shared;
    const { workers: count, tlsCertPath } = config.settings;
    const sharesStore = shared.store !== undefined;
    const data = { count, config: shareOf(config, count), hasPages, sharesStore };
    const tasks: Handlers<MainTasks> = {
      openStorePort: () => this.#openStorePort(),
      metricsPage: () => this.#metricsPage(),
      health: () => this.#checkHealth(),
    };
    this.#slots = Array.from({ length: count }, (_, index) => {
      const number = index + 1;
      return new WorkerSlot({
        number,
        data,
        tasks,
        connect: (each) => shared.host?.connect(each),
        port: () => this.#port,
        clock: tools.clock,
        logger: logger.child({ worker: number }),
        handleRestart: () => (this.#restarts += 1),
      });
    });
    if (tlsCertPath !== undefined) this.reload = () => this.#reload();
  }

  async build(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.build()));
  }

  async listen(): Promise<{ port: number; url: string }> {
    const [first, ...others] = this.#slots;
    if (first === undefined) throw new Error('there are no worker threads');
    const opened = await first.listen();
    this.#port = opened.port;
    await Promise.all(others.map((slot) => slot.listen()));
    this.#logger.info({ url: opened.url, workers: this.#slots.length }, 'all workers listen');
    return opened;
  }

  attach(): void {
    throw new Error('WORKERS opens a port of its own: it cannot be attached to a server');
  }

  async close(): Promise<void> {
    const { drainDelay, drainTimeout, drainRate, maxConnections } = this.#config.settings;
    // A set pace may take longer than DRAIN_TIMEOUT.
    const pacedMs = drainRate === 0 ? 0 : (maxConnections / drainRate) * 1_000;
    const withinMs = drainDelay + Math.max(drainTimeout, pacedMs) + RELEASE_MS;
    await Promise.all(this.#slots.map((slot) => slot.close(withinMs)));
    await this.#shared.host?.close();
    await this.#shared.store?.close();
  }

  #reload(): void {
    for (const slot of this.#slots) {
      slot
        .dialogue()
        ?.ask('reload')
        .catch((error: unknown) => {
          this.#logger.warn({ err: error, worker: slot.number }, 'a worker did not reload');
        });
    }
  }

  #openStorePort(): MessagePort {
    const port = this.#shared.store?.openPort();
    if (port === undefined) throw new Error('the thread of the store is being restarted');
    return port;
  }

  #checkHealth(): void {
    const away = this.#slots.filter((slot) => !slot.isServing).map(({ number }) => number);
    if (away.length > 0) throw new Error(`not serving: worker ${away.join(', ')}`);
  }

  async #metricsPage(): Promise<string> {
    const asked = this.#slots.map((slot) => this.#snapshotOf(slot));
    const snapshots = (await Promise.all(asked)).filter((each) => each !== undefined);
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#busy);
    this.#busy = now;
    const serving = this.#slots.filter((slot) => slot.isServing).length;
    const { host } = this.#shared;
    return mergeSnapshots(snapshots, [
      { name: 'workers', help: 'Worker threads that serve', type: 'gauge', value: serving },
      {
        name: 'worker_restarts_total',
        help: 'Worker threads that ended and were replaced',
        type: 'counter',
        value: this.#restarts,
      },
      {
        name: 'main_thread_utilization',
        help: 'Share of time the main thread was busy since the last scrape; near 1 it is the limit',
        type: 'gauge',
        value: utilization,
      },
      ...(host === undefined ? [] : [onlineUsers(host.totals().users)]),
    ]);
  }

  async #snapshotOf(slot: WorkerSlot): Promise<MetricsSnapshot | undefined> {
    const late = Promise.withResolvers<undefined>();
    const cancel = this.#clock.after(METRICS_TIMEOUT_MS, () => late.resolve(undefined));
    try {
      return await Promise.race([slot.dialogue()?.ask('metrics'), late.promise]);
    } catch {
      // It has just ended: the others' figures are worth having all the same.
      return undefined;
    } finally {
      cancel();
    }
  }
}

/** A user with connections on several threads is one user. */
const onlineUsers = (value: number): WholeMetric => ({
  name: 'ws_online_users',
  help: 'Users with at least one connection',
  type: 'gauge',
  value,
});
