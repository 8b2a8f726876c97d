/**
 * The whole installation as processes of this machine: nginx, two HTTP and three WebSocket
 * processes, a worker, Redis and PostgreSQL. Each part can be killed, stopped and started again at
 * the address it had, as an operator or a fault would do it.
 */
import { type RunningServer, startServer } from '@carillon/testkit';
import {
  type NginxServer,
  startNginx,
} from '../../../packages/testkit/src/servers/nginx-server.ts';
import {
  type PostgresServer,
  startPostgres,
} from '../../../packages/testkit/src/servers/postgres-server.ts';
import {
  type RedisServer,
  startRedis,
} from '../../../packages/testkit/src/servers/redis-server.ts';

export type Role = 'http' | 'websocket' | 'worker';

export interface Member {
  readonly name: string;
  readonly role: Role;
  readonly server: RunningServer;
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

export interface Topology {
  readonly nginx: NginxServer;
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  readonly members: readonly Member[];
  membersOf(role: Role): readonly Member[];
  /** An API call through nginx as a backend. */
  call(path: string, body?: object): Promise<Response>;
  stop(): Promise<void>;
}

export const API_TIMEOUT_MS = 10_000;

export async function startTopology(env: Readonly<Record<string, string>> = {}): Promise<Topology> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const shared = {
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.url,
    TRUST_PROXY: 'true',
    DRAIN_TIMEOUT: '2s',
    LOG_LEVEL: 'warn',
    // Everybody comes from one address here.
    CONNECT_RATE: '100000/1s',
    CONNECT_RATE_PER_ADDRESS: '100000/1s',
    HTTP_RATE_PER_ADDRESS: '1000000/1s',
    ...env,
  };
  const plan: readonly Role[] = ['http', 'http', 'websocket', 'websocket', 'websocket', 'worker'];
  // One after the other: the first one migrates.
  const members: Member[] = [];
  for (const [index, role] of plan.entries()) {
    members.push(await startMember(`${role}-${index}`, role, shared));
  }
  const membersOf = (role: Role): readonly Member[] =>
    members.filter((member) => member.role === role);
  const portsOf = (role: Role): number[] => membersOf(role).map(({ server }) => server.port);
  const nginx = await startNginx({ http: portsOf('http'), websocket: portsOf('websocket') });
  const apiKey = members[0]?.server.apiKey ?? '';
  return {
    nginx,
    redis,
    postgres,
    members,
    membersOf,
    call: (path, body) =>
      fetch(`${nginx.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(API_TIMEOUT_MS),
      }),
    stop: async () => {
      await nginx.stop();
      await Promise.all(members.map((member) => member.server.stop()));
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}

async function startMember(
  name: string,
  role: Role,
  env: Readonly<Record<string, string>>,
): Promise<Member> {
  let server = await startServer({ kind: role, env: { ...env, NODE_NAME: name } });
  const { port, dataDir } = server;
  return {
    name,
    role,
    get server() {
      return server;
    },
    kill: (signal) => server.kill(signal),
    start: async () => {
      server = await startServer({ kind: role, env: { ...env, NODE_NAME: name }, port, dataDir });
    },
  };
}
