import { bytes, integer, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

const MB = 1024 ** 2;

export const STORAGE_SETTINGS = {
  dataDir: setting({
    env: 'DATA_DIR',
    kind: text,
    default: './data',
    group: 'storage',
    description: 'Folder of the embedded database and of generated development secrets.',
  }),
  databaseUrl: optional({
    env: 'DATABASE_URL',
    kind: text,
    group: 'storage',
    isSecret: true,
    description:
      'Database instead of the embedded one; a driver suffix (postgresql+psycopg://) is understood. PostgreSQL is not in this version: a set value stops the start.',
  }),
  redisUrl: optional({
    env: 'REDIS_URL',
    kind: text,
    group: 'storage',
    isSecret: true,
    description: 'Redis for several processes. Not in this version: a set value stops the start.',
  }),
  redisHost: optional({
    env: 'REDIS_HOST',
    kind: text,
    group: 'storage',
    description: 'With REDIS_PORT, instead of REDIS_URL.',
  }),
  redisPort: optional({
    env: 'REDIS_PORT',
    kind: integer({ min: 1, max: 65_535 }),
    group: 'storage',
    description: 'With REDIS_HOST, instead of REDIS_URL.',
  }),
  redisPassword: optional({
    env: 'REDIS_PASSWORD',
    kind: text,
    group: 'storage',
    isSecret: true,
    description: 'Password for REDIS_URL or REDIS_HOST.',
  }),
  brokerMaxBytes: setting({
    env: 'BROKER_MAX_BYTES',
    kind: bytes({ min: MB, max: 64 * 1024 * MB }),
    default: 256 * MB,
    group: 'storage',
    description:
      'Memory for channel history; beyond it the least recently used channels lose theirs (their clients are told).',
  }),
} as const;
