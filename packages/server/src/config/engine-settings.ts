/** What ties several processes together. Without any of it the process stands alone. */
import { bytes, choice, flag, integer, list, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

const MB = 1024 ** 2;

export const ENGINE_SETTINGS = {
  engine: setting({
    env: 'ENGINE',
    kind: choice(['auto', 'memory', 'redis', 'nats']),
    default: 'auto',
    group: 'engine',
    description:
      'What carries publications, presence and orders between processes. auto: redis where a Redis is set, nats where NATS_URL is, else memory (one process).',
  }),
  nodeName: optional({
    env: 'NODE_NAME',
    kind: text,
    group: 'engine',
    description: 'Name of this process in the info of the cluster and in logs. Default: host name.',
  }),
  redisUrl: optional({
    env: 'REDIS_URL',
    kind: list,
    group: 'engine',
    isSecret: true,
    description:
      'redis://[user:password@]host:port[/database], rediss:// with TLS. Several, separated by commas: channels are spread over them by consistent hash (with REDIS_CLUSTER they are the first nodes to ask).',
  }),
  redisHost: optional({
    env: 'REDIS_HOST',
    kind: text,
    group: 'engine',
    description: 'With REDIS_PORT, instead of REDIS_URL.',
  }),
  redisPort: optional({
    env: 'REDIS_PORT',
    kind: integer({ min: 1, max: 65_535 }),
    group: 'engine',
    description: 'With REDIS_HOST, instead of REDIS_URL.',
  }),
  redisPassword: optional({
    env: 'REDIS_PASSWORD',
    kind: text,
    group: 'engine',
    isSecret: true,
    description: 'Password of Redis, where the URL has none.',
  }),
  redisCluster: setting({
    env: 'REDIS_CLUSTER',
    kind: flag,
    default: false,
    group: 'engine',
    description: 'REDIS_URL names nodes of a Redis Cluster.',
  }),
  redisSentinels: optional({
    env: 'REDIS_SENTINELS',
    kind: list,
    group: 'engine',
    description: 'host:port of Redis Sentinels, separated by commas, instead of REDIS_URL.',
  }),
  redisSentinelMaster: optional({
    env: 'REDIS_SENTINEL_MASTER',
    kind: text,
    group: 'engine',
    description: 'Name of the master that REDIS_SENTINELS watch.',
  }),
  redisPrefix: setting({
    env: 'REDIS_PREFIX',
    kind: text,
    default: 'carillon',
    group: 'engine',
    description:
      'First part of the keys and channels of the broker in Redis. notifications:*, ws:online_users, ws:presence and ws:broadcast have none: each installation needs a Redis of its own.',
  }),
  natsUrl: optional({
    env: 'NATS_URL',
    kind: list,
    group: 'engine',
    isSecret: true,
    description: 'nats://[user:password@]host:port; several servers are separated by commas.',
  }),
  natsCredentialsPath: optional({
    env: 'NATS_CREDENTIALS_PATH',
    kind: text,
    group: 'engine',
    description: 'Credentials file (.creds) for NATS_URL.',
  }),
  natsPrefix: setting({
    env: 'NATS_PREFIX',
    kind: text,
    default: 'carillon',
    group: 'engine',
    description: 'First part of subjects, streams and buckets in NATS.',
  }),
  brokerMaxBytes: setting({
    env: 'BROKER_MAX_BYTES',
    kind: bytes({ min: MB, max: 64 * 1024 * MB }),
    default: 256 * MB,
    group: 'engine',
    description:
      'ENGINE=memory: memory for channel history; beyond it the least recently used channels lose theirs (their clients are told).',
  }),
} as const;
