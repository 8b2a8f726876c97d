/**
 * What an application in a worker thread (WORKERS) is given by the main thread. Application kinds
 * use it where it is there: engine and store instead of opening their own, the page of metrics, and
 * `reusePort` when they listen.
 */
import type { PrometheusMetrics } from '../adapters/metrics-prometheus/prometheus-metrics.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Engine } from '../ports/engine.ts';
import type { HealthCheck } from '../ports/health.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Store } from '../ports/store.ts';
import type { WireFormat } from '../ports/wire-format.ts';

/** The tools of a thread, made before everything else. */
export interface ThreadTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface ThreadParts {
  /** From 1 to `WORKERS`; a replaced thread keeps its number. */
  readonly number: number;
  readonly count: number;
  /** Undefined where every thread opens its own: Redis, NATS. */
  createEngine?(tools: ThreadTools): Promise<Engine>;
  /** The native format with frames that the main thread has prepared; after `createEngine`. */
  readonly nativeFormat?: () => WireFormat | undefined;
  /** Undefined where every thread opens its own: PostgreSQL. */
  openStore?(tools: ThreadTools): Promise<Store>;
  /** Beside the application's own: the other threads. */
  readonly healthChecks: readonly HealthCheck[];
  /** /metrics of the whole process instead of this thread's. */
  metricsPage(own: PrometheusMetrics): Pick<PrometheusMetrics, 'contentType' | 'render'>;
  /** For `server.listen`: the kernel spreads connections over the threads. */
  readonly listen: { readonly reusePort: true };
}
