/** The engine that ENGINE and the connection settings choose; its client library is loaded only then. */
import type { RedisSettings } from '../adapters/redis/connection-options.ts';
import type { Config } from '../config/load-config.ts';
import type { Settings } from '../config/settings.ts';
import { engineName } from '../config/engine-choice.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Engine } from '../ports/engine.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import { createMemoryEngine } from './memory-engine.ts';
import { CONNECT_TIMEOUT_MS, shownUrl, START_TIMEOUT_MS, startPart } from './start-part.ts';

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
      return createRedis(config, deps);
    case 'nats':
      return createNats(config, deps);
  }
}

async function createRedis({ settings }: Config, deps: EngineDeps): Promise<Engine> {
  const { createRedisEngine } = await import('../adapters/redis/redis-engine.ts');
  return startPart(deps.clock, {
    ...redisTarget(settings),
    timeoutMs: START_TIMEOUT_MS,
    open: () =>
      createRedisEngine({
        ...redisSettings(settings),
        limits: { startTimeoutMs: CONNECT_TIMEOUT_MS },
        ticketLifetimeMs: settings.ticketTtl,
        ...deps,
      }),
  });
}

/** Sentinels, then REDIS_URL, then REDIS_HOST: check-config lets no two of them stand that contradict each other. */
function redisSettings(settings: Settings): RedisSettings {
  const { redisUrl, redisHost, redisPort, redisSentinels, redisSentinelMaster } = settings;
  const common = {
    ...(settings.redisPassword === undefined ? {} : { password: settings.redisPassword }),
    isCluster: settings.redisCluster,
    prefix: settings.redisPrefix,
  };
  if (redisSentinels !== undefined && redisSentinelMaster !== undefined) {
    return { ...common, sentinels: redisSentinels, sentinelMaster: redisSentinelMaster };
  }
  if (redisUrl !== undefined) return { ...common, urls: redisUrl };
  return {
    ...common,
    ...(redisHost === undefined ? {} : { host: redisHost }),
    ...(redisPort === undefined ? {} : { port: redisPort }),
  };
}

function redisTarget(settings: Settings): { setting: string; target: string } {
  const { redisUrl, redisHost, redisPort, redisSentinels } = settings;
  if (redisSentinels !== undefined) {
    return { setting: 'REDIS_SENTINELS', target: redisSentinels.join(', ') };
  }
  if (redisUrl !== undefined) {
    return { setting: 'REDIS_URL', target: redisUrl.map(shownUrl).join(', ') };
  }
  return { setting: 'REDIS_HOST', target: `${redisHost}:${redisPort}` };
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
        limits: { ticketLifetimeMs: settings.ticketTtl, connectTimeoutMs: CONNECT_TIMEOUT_MS },
        ...deps,
      }),
  });
}
