/** Which engine ENGINE and the connection settings ask for. check-cluster.ts finds what contradicts itself. */
import type { Settings } from './settings.ts';

export type EngineName = 'memory' | 'redis' | 'nats';

export function engineName(settings: Settings): EngineName {
  if (settings.engine !== 'auto') return settings.engine;
  if (hasRedis(settings)) return 'redis';
  return hasNats(settings) ? 'nats' : 'memory';
}

export const hasRedis = ({ redisUrl, redisHost, redisSentinels }: Settings): boolean =>
  redisUrl !== undefined || redisHost !== undefined || redisSentinels !== undefined;

export const hasNats = ({ natsUrl }: Settings): boolean => natsUrl !== undefined;
