/** http, websocket and worker as processes of their own, on one PostgreSQL and one Redis (or NATS). */
import { type RunningServer, startServer } from '@carillon/testkit';
import {
  type PostgresServer,
  startPostgres,
} from '../../../packages/testkit/src/servers/postgres-server.ts';
import {
  type RedisServer,
  startRedis,
} from '../../../packages/testkit/src/servers/redis-server.ts';
import { type CutProxy, startCutProxy } from '../native/cut-proxy.ts';

export type Kind = 'http' | 'websocket' | 'worker';
type Env = Readonly<Record<string, string>>;

export interface Kinds {
  readonly http: RunningServer;
  readonly websocket: RunningServer;
  readonly worker: RunningServer;
  /** One more of a kind; stopped with the rest. */
  add(kind: Kind, env?: Env): Promise<RunningServer>;
  /** SIGTERM, and the same kind again at the same port. */
  restart(kind: Kind): Promise<void>;
  stop(): Promise<void>;
}

export interface Split extends Kinds {
  readonly redis: RedisServer;
  /** Between all processes and Redis. */
  readonly cable: CutProxy;
  readonly postgres: PostgresServer;
}

/** `env` names the database and the engine. */
export async function startKinds(env: Env): Promise<Kinds> {
  const others: RunningServer[] = [];
  const start = (kind: Kind, more: Env = {}, port = 0): Promise<RunningServer> =>
    startServer({ kind, env: { DRAIN_TIMEOUT: '1s', ...env, ...more }, port });
  // At the same time: one of them migrates, the others wait for it.
  const [http, websocket, worker] = await Promise.all([
    start('http'),
    start('websocket'),
    start('worker'),
  ]);
  const running = { http, websocket, worker };
  return {
    get http() {
      return running.http;
    },
    get websocket() {
      return running.websocket;
    },
    get worker() {
      return running.worker;
    },
    add: async (kind, more) => {
      const server = await start(kind, more);
      others.push(server);
      return server;
    },
    restart: async (kind) => {
      const { port } = running[kind];
      await running[kind].stop();
      running[kind] = await start(kind, {}, port);
    },
    stop: async () => {
      await Promise.all([...Object.values(running), ...others].map((server) => server.stop()));
    },
  };
}

export async function startSplit(env: Env = {}): Promise<Split> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const cable = await startCutProxy(redis.port);
  const kinds = await startKinds({
    REDIS_URL: cable.wsUrl.replace('ws:', 'redis:'),
    DATABASE_URL: postgres.url,
    QUEUE_REDIS_URL: redis.url,
    QUEUE_REDIS_STREAM: 'orders',
    QUEUE_REDIS_GROUP: 'carillon',
    ...env,
  });
  return Object.assign(kinds, {
    redis,
    cable,
    postgres,
    stop: stopAll(kinds.stop, async () => {
      cable.close();
      await Promise.all([redis.stop(), postgres.stop()]);
    }),
  });
}

const stopAll =
  (first: () => Promise<void>, then: () => Promise<void>): (() => Promise<void>) =>
  async () => {
    await first();
    await then();
  };
