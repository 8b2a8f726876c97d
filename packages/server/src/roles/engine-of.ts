/** The engine that ENGINE and the connection settings choose; its client library is loaded only then. */
import type { Config } from '../config/load-config.ts';
import { ConfigError } from '../config/load-config.ts';
import { engineName } from '../config/engine-choice.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Engine } from '../ports/engine.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import { createMemoryEngine } from './memory-engine.ts';
import { shownUrl, START_TIMEOUT_MS, startPart } from './start-part.ts';

export interface EngineDeps {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** @throws ConfigError when the engine's server cannot be used. */
export async function createEngine(config: Config, deps: EngineDeps): Promise<Engine> {
  const { settings } = config;
  switch (engineName(settings)) {
    case 'memory':
      return createMemoryEngine({
        ...deps,
        maxHistoryBytes: settings.brokerMaxBytes,
        ticketLifetimeMs: settings.ticketTtl,
      });
    case 'redis':
      throw new ConfigError(['ENGINE: redis is not in this version']);
    case 'nats':
      return createNats(config, deps);
  }
}

async function createNats({ settings }: Config, deps: EngineDeps): Promise<Engine> {
  const { natsUrl: servers = [], natsCredentialsPath: credentialsPath, natsPrefix } = settings;
  const { createNatsEngine } = await import('../adapters/nats/nats-engine.ts');
  return startPart(deps.clock, {
    setting: 'NATS_URL',
    target: servers.map(shownUrl).join(', '),
    timeoutMs: START_TIMEOUT_MS,
    open: () =>
      createNatsEngine({
        servers,
        credentialsPath,
        prefix: natsPrefix,
        limits: { ticketLifetimeMs: settings.ticketTtl },
        ...deps,
      }),
  });
}
