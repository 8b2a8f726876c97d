/** Rules of the database, the engine and the split kinds: what belongs together and what is missing. */
import { isSplitKind, kindSetting } from './application-kind.ts';
import { databaseKind } from './database-url.ts';
import { engineName, hasNats, hasRedis } from './engine-choice.ts';
import type { Draft } from './load-config.ts';
import type { Settings } from './settings.ts';

const REDIS_SCHEMES = new Set(['redis:', 'rediss:']);
const NATS_SCHEMES = new Set(['nats:', 'tls:']);

export function checkCluster(draft: Draft, problems: string[], warnings: string[]): void {
  const { settings } = draft;
  checkDatabase(settings, problems);
  checkRedis(settings, problems, warnings);
  checkNats(settings, problems);
  checkEngine(settings, problems, warnings);
  if (isSplitKind(draft.kind)) checkSplitKind(draft, problems);
}

function checkDatabase({ databaseUrl }: Settings, problems: string[]): void {
  if (databaseUrl === undefined || databaseKind(databaseUrl) === 'postgresql') return;
  problems.push(
    'DATABASE_URL: not understood; expected postgresql://user:password@host/database (remove it to use the embedded SQLite in DATA_DIR)',
  );
}

function checkRedis(settings: Settings, problems: string[], warnings: string[]): void {
  const { redisUrl, redisHost, redisPort, redisSentinels, redisSentinelMaster } = settings;
  if ((redisHost === undefined) !== (redisPort === undefined)) {
    problems.push('REDIS_HOST and REDIS_PORT belong together; set both or use REDIS_URL');
  }
  if ((redisSentinels === undefined) !== (redisSentinelMaster === undefined)) {
    problems.push(
      'REDIS_SENTINELS and REDIS_SENTINEL_MASTER belong together; set both or use REDIS_URL',
    );
  }
  if (redisUrl !== undefined && redisHost !== undefined) {
    warnings.push('REDIS_URL is used; REDIS_HOST and REDIS_PORT are not looked at');
  }
  if (redisSentinels !== undefined && (redisUrl !== undefined || redisHost !== undefined)) {
    problems.push('REDIS_SENTINELS and REDIS_URL exclude each other; the sentinels name the Redis');
  }
  if (settings.redisCluster && redisSentinels !== undefined) {
    problems.push('REDIS_CLUSTER and REDIS_SENTINELS exclude each other; keep the one you run');
  }
  if (settings.redisCluster && redisUrl === undefined && redisHost === undefined) {
    problems.push('REDIS_CLUSTER: needs REDIS_URL with some nodes of the cluster');
  }
  checkUrls(redisUrl, { name: 'REDIS_URL', schemes: REDIS_SCHEMES }, problems);
  for (const address of redisSentinels ?? []) {
    if (/^(\[[\da-f:]+\]|[^\s:/]+):\d{1,5}$/i.test(address)) continue;
    problems.push(`REDIS_SENTINELS: "${address}" is not host:port`);
  }
}

function checkNats(settings: Settings, problems: string[]): void {
  checkUrls(settings.natsUrl, { name: 'NATS_URL', schemes: NATS_SCHEMES }, problems);
  if (settings.natsCredentialsPath !== undefined && !hasNats(settings)) {
    problems.push('NATS_CREDENTIALS_PATH: needs NATS_URL; set it or remove the path');
  }
}

/** A URL may hold a password, so a problem tells its place, not its text. */
function checkUrls(
  urls: readonly string[] | undefined,
  { name, schemes }: { readonly name: string; readonly schemes: ReadonlySet<string> },
  problems: string[],
): void {
  const example = `${[...schemes].map((scheme) => `${scheme}//host:port`).join(' or ')}`;
  if (urls?.length === 0) problems.push(`${name}: is empty; expected ${example}`);
  for (const [index, url] of (urls ?? []).entries()) {
    if (URL.canParse(url) && schemes.has(new URL(url).protocol)) continue;
    const place = urls?.length === 1 ? '' : `entry ${index + 1} is `;
    problems.push(`${name}: ${place}not understood; expected ${example}`);
  }
}

function checkEngine(settings: Settings, problems: string[], warnings: string[]): void {
  const { engine } = settings;
  if (engine === 'auto' && hasRedis(settings) && hasNats(settings)) {
    problems.push(
      'ENGINE: both a Redis and NATS_URL are set; say which one carries the cluster, ENGINE=redis or ENGINE=nats',
    );
  }
  if (engine === 'redis' && !hasRedis(settings)) {
    problems.push(
      'REDIS_URL: ENGINE=redis needs it; set redis://host:port (or REDIS_HOST and REDIS_PORT)',
    );
  }
  if (engine === 'nats' && !hasNats(settings)) {
    problems.push('NATS_URL: ENGINE=nats needs it; set nats://host:port');
  }
  if (settings.databaseUrl === undefined && engineName(settings) !== 'memory') {
    warnings.push(
      'DATABASE_URL is not set: conversations and inboxes are in this process’s own database, so it must stay the only one',
    );
  }
  if (engine === 'memory' && (hasRedis(settings) || hasNats(settings))) {
    warnings.push('ENGINE=memory: this process stands alone; Redis and NATS are not used');
  }
}

function checkSplitKind({ kind, settings }: Draft, problems: string[]): void {
  const setting = kindSetting(settings);
  const why = `${setting}=${kind} shares its state with other processes`;
  const way = 'or run one process with API_TYPE=combined';
  if (settings.databaseUrl === undefined) {
    problems.push(`DATABASE_URL: ${why}; set postgresql://user:password@host/database, ${way}`);
  }
  if (settings.engine === 'memory') {
    problems.push(`ENGINE: ${why}, which memory cannot; use redis or nats, ${way}`);
  } else if (settings.engine === 'auto' && engineName(settings) === 'memory') {
    problems.push(`REDIS_URL: ${why}; set REDIS_URL (or NATS_URL), ${way}`);
  }
  const hasKey =
    settings.jwtSecret !== undefined ||
    settings.jwtPublicKey !== undefined ||
    settings.jwksUrl !== undefined;
  if (kind !== 'worker' && !hasKey) {
    problems.push(
      `JWT_SECRET: ${why}, so each needs the same key; set JWT_SECRET (at least 32 random bytes), JWT_PUBLIC_KEY or JWKS_URL`,
    );
  }
}
