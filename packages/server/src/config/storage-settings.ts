import { duration } from './duration.ts';
import { integer, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

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
      'postgresql://user:password@host:port/database, instead of the embedded database; a driver suffix (postgresql+psycopg://) is understood.',
  }),
  databasePoolSize: setting({
    env: 'DATABASE_POOL_SIZE',
    kind: integer({ min: 1, max: 1000 }),
    default: 10,
    group: 'storage',
    description: 'Connections of this process to DATABASE_URL.',
  }),
  databaseStatementTimeout: setting({
    env: 'DATABASE_STATEMENT_TIMEOUT',
    kind: duration({ min: '100ms', max: '10m' }),
    default: 10_000,
    group: 'storage',
    description: 'A statement that takes longer at DATABASE_URL is cancelled and fails.',
  }),
} as const;
