/** The operators' console of one process. */
import { engineName } from '../config/engine-choice.ts';
import { shownSettings } from '../config/describe-settings.ts';
import { DEFAULT_DOMAIN_LIMITS } from '../domain/limits.ts';
import { createCampaigns } from '../domain/operations/campaigns.ts';
import { createConsoleService } from '../domain/operations/console-service.ts';
import type { ConsoleDeps } from '../procedures/console.ts';
import type { ApplicationContext } from './application.ts';
import type { Core } from './core-of.ts';
import { domainLimitsOf } from './limits-of.ts';
import { VERSION } from './version.ts';

export function createConsole({ config, logger }: ApplicationContext, core: Core): ConsoleDeps {
  const { domain, node, store } = core;
  const { settings, namespaces, kind } = config;
  const campaigns = createCampaigns({
    ...core,
    ...domain,
    operatorStore: store.operator,
    registry: node,
    logger,
    limits: { ...DEFAULT_DOMAIN_LIMITS, ...domainLimitsOf(config) },
  });
  return {
    service: createConsoleService({
      ...store,
      overview: node,
      channelAdmin: node,
      store: store.operator,
      tasks: domain.tasks,
      campaigns,
    }),
    configuration: {
      kind,
      version: VERSION,
      engine: engineName(settings),
      store: settings.databaseUrl === undefined ? 'SQLite' : 'PostgreSQL',
      settings: shownSettings(settings),
      namespaces,
    },
    logger,
  };
}
