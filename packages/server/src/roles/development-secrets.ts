/**
 * Secrets for trying the server out: made once, kept in the data folder so that tokens survive a
 * restart, readable by the owner only. Never used in production, where secrets have to be set.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DevelopmentSecrets {
  readonly jwtSecret: string;
  readonly apiKey: string;
}

const FILE = 'development-secrets.json';

export function developmentSecrets(dataDir: string): DevelopmentSecrets {
  const path = join(dataDir, FILE);
  return readSecrets(path) ?? makeSecrets(dataDir, path);
}

function readSecrets(path: string): DevelopmentSecrets | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isSecrets(value) ? value : undefined;
  } catch {
    // Missing or damaged: a new pair costs a developer one log-in.
    return undefined;
  }
}

function isSecrets(value: unknown): value is DevelopmentSecrets {
  return (
    typeof value === 'object' &&
    value !== null &&
    'jwtSecret' in value &&
    typeof value.jwtSecret === 'string' &&
    'apiKey' in value &&
    typeof value.apiKey === 'string'
  );
}

function makeSecrets(dataDir: string, path: string): DevelopmentSecrets {
  const secrets = {
    jwtSecret: randomBytes(48).toString('base64url'),
    apiKey: `dev_${randomBytes(18).toString('base64url')}`,
  };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
