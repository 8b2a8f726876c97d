/** How Redis is reached: the settings as given, what follows from them, and the bounds of what may wait. */
import type { Clock, Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';

/** As configured. Exactly one of `urls`, `host`, `sentinels`. */
export interface RedisSettings {
  /** REDIS_URL: one server; several to spread channels over; with `isCluster` the first nodes to ask. */
  readonly urls?: readonly string[];
  /** REDIS_HOST. */
  readonly host?: string;
  /** REDIS_PORT. @default 6379 */
  readonly port?: number;
  /** REDIS_PASSWORD: where the URL has none. */
  readonly password?: string;
  /** REDIS_CLUSTER. */
  readonly isCluster?: boolean;
  /** REDIS_SENTINELS: host:port each. */
  readonly sentinels?: readonly string[];
  /** REDIS_SENTINEL_MASTER. */
  readonly sentinelMaster?: string;
  /** REDIS_PREFIX: first part of keys and channels. @default carillon */
  readonly prefix?: string;
}

export interface RedisLimits {
  /** A start that has not reached all shards by then fails. */
  readonly startTimeoutMs: number;
  /** One attempt: TCP, TLS, authentication and subscribing again. */
  readonly connectTimeoutMs: number;
  /** The longest pause between two attempts. */
  readonly maxRetryDelayMs: number;
  /** Commands per shard that were not answered yet; one more is refused. */
  readonly maxPendingCommands: number;
  /** The same in bytes, roughly. */
  readonly maxPendingBytes: number;
  /** How often each shard is asked whether its PUB/SUB still delivers; two misses re-make the connection. */
  readonly probeIntervalMs: number;
}

export const DEFAULT_REDIS_LIMITS: RedisLimits = {
  startTimeoutMs: 10_000,
  connectTimeoutMs: 3_000,
  maxRetryDelayMs: 1_500,
  maxPendingCommands: 100_000,
  maxPendingBytes: 64 * 1024 * 1024,
  probeIntervalMs: 2_000,
};

export interface RedisConnectionOptions extends RedisSettings {
  /** Unique per process: names its connections and its probe channel. */
  readonly nodeId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<RedisLimits>;
}

export const DEFAULT_REDIS_PREFIX = 'carillon';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
}

export type RedisTopology =
  | { readonly kind: 'single' | 'hashed' | 'cluster'; readonly addresses: readonly RedisAddress[] }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      readonly masterName: string;
    };

export const addressName = ({ host, port }: RedisAddress): string => `${host}:${port}`;

/** The setting a message about an unreachable Redis should name. */
export function settingNameOf({ urls, sentinels }: RedisSettings): string {
  if (sentinels !== undefined) return 'REDIS_SENTINELS';
  return urls === undefined ? 'REDIS_HOST' : 'REDIS_URL';
}

/** @throws Error naming the setting when one cannot be understood. */
export function topologyOf(settings: RedisSettings): RedisTopology {
  const { urls = [], host, port = 6379, password, isCluster, sentinels, sentinelMaster } = settings;
  if (sentinels !== undefined) {
    return {
      kind: 'sentinel',
      sentinels: sentinels.map((each) => parseHostAndPort(each)),
      masterName: sentinelMaster ?? 'mymaster',
    };
  }
  const secret = password === undefined ? {} : { password };
  const addresses =
    urls.length === 0 && host !== undefined
      ? [{ host, port, isTls: false, ...secret }]
      : urls.map((url) => parseUrl(url, password));
  if (addresses.length === 0) throw new Error('REDIS_URL or REDIS_HOST is needed');
  if (isCluster === true) return { kind: 'cluster', addresses };
  return { kind: addresses.length === 1 ? 'single' : 'hashed', addresses };
}

function parseUrl(text: string, fallback: string | undefined): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (url === undefined || !isRedis || url.hostname === '') {
    throw new Error('REDIS_URL: redis://host:port or rediss://host:port is meant');
  }
  const password = url.password === '' ? fallback : decodeURIComponent(url.password);
  const database = Number(url.pathname.slice(1));
  if (!Number.isInteger(database)) throw new Error('REDIS_URL: after the / stands a number');
  return {
    host: url.hostname.replaceAll(/^\[|\]$/gu, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    isTls: url.protocol === 'rediss:',
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(password === undefined ? {} : { password }),
    ...(database === 0 ? {} : { database }),
  };
}

function parseHostAndPort(text: string): RedisAddress {
  const [, host, port = '26379'] = /^(.+?)(?::(\d+))?$/u.exec(text.trim()) ?? [];
  if (host === undefined) throw new Error('REDIS_SENTINELS: host:port is meant');
  return { host, port: Number(port), isTls: false };
}
