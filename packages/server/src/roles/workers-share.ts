/** What one of several threads gets of the limits that are meant for the whole process. */
import type { Config } from '../config/load-config.ts';

/**
 * Limits that each thread counts by itself are divided. The kernel spreads connections by chance,
 * so a thread may be full a little before the process would be.
 */
export function shareOf(config: Config, count: number): Config {
  const { settings } = config;
  const share = (whole: number): number => Math.ceil(whole / count);
  const { count: connects, perMs } = settings.connectRate;
  return {
    ...config,
    settings: {
      ...settings,
      maxConnections: share(settings.maxConnections),
      maxUnauthenticated: share(settings.maxUnauthenticated),
      drainRate: share(settings.drainRate),
      connectRate: { count: share(connects), perMs },
    },
  };
}
