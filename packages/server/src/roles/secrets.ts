/** Which secrets are in force: the configured ones, or the development pair where that is allowed. */
import { isSplitKind } from '../config/application-kind.ts';
import type { Config } from '../config/load-config.ts';
import { developmentSecrets } from './development-secrets.ts';

export interface Secrets {
  readonly jwtSecret?: string;
  readonly apiKeys: readonly string[];
  /** The token key was generated here, so demo log-ins may be offered. */
  readonly isDevelopment: boolean;
}

export function secretsOf(config: Config): Secrets {
  const { jwtSecret, jwtPublicKey, jwksUrl, apiKeys, dataDir, insecure } = config.settings;
  // Processes that share their state cannot each make keys of their own.
  const mayGenerate =
    !isSplitKind(config.kind) && !config.isProduction && (config.isLoopback || insecure);
  const hasKey = jwtSecret !== undefined || jwtPublicKey !== undefined || jwksUrl !== undefined;
  const needsGenerated = mayGenerate && (!hasKey || apiKeys.length === 0);
  const generated = needsGenerated ? developmentSecrets(dataDir) : undefined;
  const secret = jwtSecret ?? (hasKey ? undefined : generated?.jwtSecret);
  return {
    ...(secret === undefined ? {} : { jwtSecret: secret }),
    apiKeys: apiKeys.length === 0 && generated !== undefined ? [generated.apiKey] : apiKeys,
    isDevelopment: !config.isProduction && config.isLoopback && secret !== undefined,
  };
}
