/**
 * Real Redis servers for one test file: free ports on loopback, temporary folders, no persistence
 * unless asked for (so a restart loses everything, the worst case). Single ones, a cluster of
 * masters, and a master with replicas under Sentinels.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { findProgram, Program } from './program.ts';

export { freePort } from './free-port.ts';

const run = promisify(execFile);

const READY = /Ready to accept connections|Sentinel ID is/u;
const START_TIMEOUT_MS = 20_000;
const SLOTS = 16_384;

export interface RedisServerOptions {
  /** More of redis.conf, as on the command line: `['--appendonly', 'yes']`. */
  readonly args?: readonly string[];
  readonly password?: string;
  /** With cluster support; alone it serves no slots. After this many ms others hold it for dead. */
  readonly clusterNodeTimeoutMs?: number;
}

export interface RedisServer {
  /** `redis://[:password@]127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Everything the server has logged so far. */
  output(): string;
  /** Runs one command with redis-cli; rejects when Redis answers with an error. */
  command(...args: string[]): Promise<string>;
  /** Any signal, and waits for the exit; port and folder stay for `start`. @default SIGKILL */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Begins again after `kill`; resolves when it accepts connections. */
  start(): Promise<void>;
  /** `kill`, then `start`. @default SIGKILL */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Holds the process still (SIGSTOP): connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export interface RedisCluster {
  /** For REDIS_URL: the nodes, separated by commas. */
  readonly url: string;
  /** The masters. */
  readonly nodes: readonly RedisServer[];
  /** The first is of the first master, and so on. */
  readonly replicas: readonly RedisServer[];
  stop(): Promise<void>;
}

export interface RedisSentinels {
  /** For REDIS_SENTINELS: host:port, separated by commas. */
  readonly addresses: string;
  /** For REDIS_SENTINEL_MASTER. */
  readonly masterName: string;
  /** The first is the master at the start, the others are its replicas. */
  readonly redis: readonly RedisServer[];
  /** Port of whom the Sentinels hold for the master now. */
  masterPort(): Promise<number>;
  stop(): Promise<void>;
}

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { password, clusterNodeTimeoutMs } = options;
  return launch([
    '--save',
    '',
    ...(password === undefined ? [] : ['--requirepass', password, '--masterauth', password]),
    ...(clusterNodeTimeoutMs === undefined ? [] : await clusterArguments(clusterNodeTimeoutMs)),
    ...(options.args ?? []),
  ]).then((server) => withPassword(server, password));
}

/** `count` masters that share the slots evenly, the first of them with a replica each. */
export async function startRedisCluster(
  count: number,
  options: { readonly replicas?: number } = {},
): Promise<RedisCluster> {
  const { replicas: copies = 0 } = options;
  // Short where somebody is to take over; else a busy machine must not look like a dead one.
  const clusterNodeTimeoutMs = copies > 0 ? 2_000 : 15_000;
  const all = await Promise.all(
    Array.from({ length: count + copies }, () => startRedis({ clusterNodeTimeoutMs })),
  );
  const [first, ...others] = all;
  const nodes = all.slice(0, count);
  const replicas = all.slice(count);
  for (const [index, node] of nodes.entries()) {
    const from = Math.floor((index * SLOTS) / count);
    const to = Math.floor(((index + 1) * SLOTS) / count) - 1;
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
  }
  for (const node of others) {
    const bus = /@(\d+)/u.exec(await node.command('CLUSTER', 'NODES'))?.[1] ?? '';
    await first?.command('CLUSTER', 'MEET', '127.0.0.1', String(node.port), bus);
  }
  for (const node of all) {
    await untilAnswered(async () => {
      const info = await node.command('CLUSTER', 'INFO');
      const isMet = info.includes(`cluster_known_nodes:${all.length}`);
      const isServing = info.includes('cluster_state:ok');
      return isMet && isServing && info.includes(`cluster_slots_ok:${SLOTS}`);
    });
  }
  for (const [index, replica] of replicas.entries()) {
    const master = nodes[index];
    await replica.command('CLUSTER', 'REPLICATE', (await master?.command('CLUSTER', 'MYID')) ?? '');
    await untilAnswered(async () =>
      (await replica.command('INFO', 'replication')).includes('master_link_status:up'),
    );
  }
  return {
    url: nodes.map((node) => node.url).join(','),
    nodes,
    replicas,
    stop: async () => {
      await Promise.all(all.map((node) => node.stop()));
    },
  };
}

/** A master, `replicas` of it, and three Sentinels that fail over within about a second. */
export async function startSentinel(
  options: { readonly replicas?: number; readonly password?: string } = {},
): Promise<RedisSentinels> {
  const { replicas = 1, password } = options;
  const masterName = 'carillon';
  const auth = password === undefined ? {} : { password };
  const master = await startRedis({ ...auth, args: ['--repl-diskless-sync-delay', '0'] });
  const copies = await Promise.all(
    Array.from({ length: replicas }, () =>
      startRedis({ ...auth, args: ['--replicaof', '127.0.0.1', String(master.port)] }),
    ),
  );
  await untilAnswered(async () =>
    (await master.command('INFO', 'replication')).includes(`connected_slaves:${replicas}`),
  );
  const config = [
    `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds ${masterName} 500`,
    `sentinel failover-timeout ${masterName} 2000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${masterName} ${password}`]),
  ].join('\n');
  const sentinels = await Promise.all(
    Array.from({ length: 3 }, () => launch(['--sentinel'], { config })),
  );
  for (const sentinel of sentinels) {
    await untilAnswered(async () => {
      const found = await sentinel.command('SENTINEL', 'MASTER', masterName);
      return (
        /num-slaves\n(\d+)/u.exec(found)?.[1] === String(replicas) &&
        /num-other-sentinels\n2\n/u.test(found)
      );
    });
  }
  const redis = [master, ...copies];
  return {
    addresses: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(','),
    masterName,
    redis,
    masterPort: async () => {
      const found = await sentinels[0]?.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName);
      return Number(found?.split('\n')[1]);
    },
    stop: async () => {
      await Promise.all([...sentinels, ...redis].map((each) => each.stop()));
    },
  };
}

async function launch(
  args: readonly string[],
  options: { readonly config?: string } = {},
): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-redis-'));
  const configFile = join(directory, 'redis.conf');
  await writeFile(configFile, options.config ?? '');
  const port = await freePort();
  const listen = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const server = new Program({
    path: serverPath(),
    args: [configFile, ...listen, ...args],
    folder: directory,
    ready: READY,
    startTimeoutMs: START_TIMEOUT_MS,
  });
  await server.start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    output: () => server.output,
    command: (...command) => ask(port, command),
    kill: (signal = 'SIGKILL') => server.end(signal),
    start: () => server.start(),
    async restart(signal = 'SIGKILL') {
      await server.end(signal);
      await server.start();
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    async stop() {
      await server.close('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function withPassword(server: RedisServer, password: string | undefined): RedisServer {
  if (password === undefined) return server;
  return {
    ...server,
    url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${server.port}`,
    command: (...command) => ask(server.port, ['--no-auth-warning', '-a', password, ...command]),
  };
}

async function clusterArguments(nodeTimeoutMs: number): Promise<string[]> {
  // The default, 10,000 above the port, may not exist.
  const bus = await freePort();
  return ['--cluster-enabled', 'yes', '--cluster-port', String(bus)].concat(
    ['--cluster-node-timeout', String(nodeTimeoutMs)],
    ['--cluster-require-full-coverage', 'no', '--cluster-replica-validity-factor', '0'],
  );
}

async function ask(port: number, command: readonly string[]): Promise<string> {
  const cli = join(dirname(serverPath()), 'redis-cli');
  const { stdout } = await run(cli, ['-e', '-p', String(port), ...command]);
  return stdout.trimEnd();
}

function serverPath(): string {
  return findProgram('REDIS_SERVER_PATH', ['/usr/bin/redis-server', '/usr/local/bin/redis-server']);
}

/** A server tells nobody when it has learned of the others, so it is asked until it has. */
async function untilAnswered(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error('the Redis servers did not find each other');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
