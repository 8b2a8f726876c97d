/** Numbers that are read when somebody asks: who is connected on what, what still waits in the outbox, whether the engine answers. */
import { Gauge, type Registry } from 'prom-client';
import type { LocalConnections } from '../../ports/connection-directory.ts';
import type { DeviceType } from '../../ports/connection-handler.ts';
import type { HealthCheck } from '../../ports/health.ts';
import type { OutboxStore } from '../../ports/outbox-store.ts';
import { METRIC_PREFIX } from './families.ts';

export interface GaugeSources {
  /** Of this process: whoever scrapes adds the processes up. */
  readonly local: LocalConnections;
  readonly outbox: OutboxStore;
  /** Absent where nothing ties this process to others. */
  readonly engine?: { readonly name: string; readonly healthChecks: readonly HealthCheck[] };
  /** ms since 1970. */
  readonly now: () => number;
}

const DEVICES: readonly DeviceType[] = ['mobile', 'tablet', 'desktop', 'unknown'];

const addConnectionGauges = (target: Registry, { local }: GaugeSources): void => {
  const registers = [target];
  new Gauge({
    name: `${METRIC_PREFIX}ws_connections`,
    help: 'Connections open now',
    registers,
    collect() {
      this.set(local.totals().connections);
    },
  });
  new Gauge({
    name: `${METRIC_PREFIX}ws_online_users`,
    help: 'Users with at least one connection',
    registers,
    collect() {
      this.set(local.totals().users);
    },
  });
  new Gauge({
    name: `${METRIC_PREFIX}ws_connections_by_device`,
    help: 'Connections open now, by kind of device',
    labelNames: ['device'],
    registers,
    collect() {
      for (const device of DEVICES) {
        this.set({ device }, local.find({ deviceType: device }).length);
      }
    },
  });
};

type OutboxStats = Awaited<ReturnType<OutboxStore['stats']>>;

interface OutboxGauge {
  readonly name: string;
  readonly help: string;
  readonly read: (stats: OutboxStats, now: number) => number;
}

const OUTBOX_GAUGES: readonly OutboxGauge[] = [
  { name: 'pending', help: 'Outbox rows that still wait', read: ({ pending }) => pending },
  { name: 'buried', help: 'Outbox rows that were given up', read: ({ buried }) => buried },
  {
    name: 'oldest_seconds',
    help: 'Age of the oldest row that still waits',
    read: ({ oldestAt }, now) => (oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / 1000),
  },
];

/** One question to the store per scrape; undefined: it does not answer. */
const sharedStats = (outbox: OutboxStore): (() => Promise<OutboxStats | undefined>) => {
  let asked: Promise<OutboxStats | undefined> | undefined;
  return () => {
    asked ??= outbox
      .stats()
      // A failing store must not take the other metrics with it.
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };
};

const addOutboxGauges = (target: Registry, { outbox, now }: GaugeSources): void => {
  const stats = sharedStats(outbox);
  for (const { name, help, read } of OUTBOX_GAUGES) {
    new Gauge({
      name: `${METRIC_PREFIX}outbox_${name}`,
      help: `${help}; absent while the store does not answer`,
      registers: [target],
      async collect() {
        const found = await stats();
        if (found === undefined) this.remove();
        else this.set(read(found, now()));
      },
    });
  }
};

const addEngineGauge = (target: Registry, { engine }: GaugeSources): void => {
  if (engine === undefined) return;
  const { name, healthChecks } = engine;
  new Gauge({
    name: `${METRIC_PREFIX}broker_connected`,
    help: '1 while the engine answers, else 0',
    labelNames: ['engine'],
    registers: [target],
    async collect() {
      const answers = await Promise.allSettled(healthChecks.map((each) => each.check()));
      const isConnected = answers.every(({ status }) => status === 'fulfilled');
      this.set({ engine: name }, isConnected ? 1 : 0);
    },
  });
};

export const addScrapeGauges = (target: Registry, sources: GaugeSources): void => {
  addEngineGauge(target, sources);
  addConnectionGauges(target, sources);
  addOutboxGauges(target, sources);
};
