/**
 * A worker over a real store: domain and procedures on a SQLite file, the queues of an environment.
 * What a test is about (failures, delays, a kill) is put between the queue and the procedures.
 */
import { createPrometheusMetrics } from '../../../packages/server/src/adapters/metrics-prometheus/prometheus-metrics.ts';
import { createSystemClock } from '../../../packages/server/src/adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../../packages/server/src/adapters/clock-system/system-random.ts';
import { createMemoryTicketOffice } from '../../../packages/server/src/adapters/tickets-memory/memory-ticket-office.ts';
import { readConfig } from '../../../packages/server/src/config/load-config.ts';
import type { Consuming } from '../../../packages/server/src/consuming/consuming.ts';
import type { ConsumingLimits } from '../../../packages/server/src/consuming/limits.ts';
import {
  createDispatcher,
  type Dispatcher,
} from '../../../packages/server/src/procedures/dispatcher.ts';
import { bindProcedures } from '../../../packages/server/src/procedures/registry.ts';
import { createConsumers } from '../../../packages/server/src/roles/consumers.ts';
import { openDomain, type RunningDomain } from '../../../packages/testkit/src/running-domain.ts';

export interface QueueWorkerOptions {
  /** Settings of the queues. */
  readonly env: Readonly<Record<string, string>>;
  /** @default a new folder, removed at close */
  readonly dataDir?: string;
  readonly wrap?: (dispatcher: Dispatcher) => Dispatcher;
  readonly limits?: Partial<ConsumingLimits>;
}

export interface QueueWorker extends RunningDomain {
  readonly consuming: Consuming;
  /** What an operator would scrape. */
  metricsPage(): Promise<string>;
  /** The graceful way: queues first. Data in a folder of the test's stay. */
  close(): Promise<void>;
}

export async function startQueueWorker(options: QueueWorkerOptions): Promise<QueueWorker> {
  const running = await openDomain(
    options.dataDir === undefined ? {} : { dataDir: options.dataDir },
  );
  const clock = createSystemClock();
  const random = createSystemRandom();
  const metrics = createPrometheusMetrics();
  const { domain, node, logger } = running;
  const tickets = createMemoryTicketOffice({ clock, random });
  const bindings = bindProcedures({ ...domain, registry: node, connectionAdmin: node, tickets });
  const dispatcher = createDispatcher({ bindings, logger, random });
  const { config, problems } = readConfig({ env: options.env });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const consuming = await createConsumers(config, {
    dispatcher: options.wrap?.(dispatcher) ?? dispatcher,
    publisher: node,
    clock,
    random,
    logger,
    metrics,
    dependencies: [{ name: 'store', check: () => running.store.ping() }],
    limits: { inspectMs: 200, ...options.limits },
  });
  consuming.start();
  return {
    ...running,
    consuming,
    metricsPage: () => metrics.render(),
    close: async () => {
      await consuming.close();
      await (options.dataDir === undefined ? running.close() : running.crash());
    },
  };
}
