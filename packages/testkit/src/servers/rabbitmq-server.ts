/**
 * A real RabbitMQ for one test file: a node of its own name on free ports (AMQP, distribution, and
 * an epmd of its own), with its data, cookie and log in a temporary folder. The program behind the
 * distribution's wrapper is started directly, because the wrapper insists on the system's folders.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, realpathSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePorts } from './free-port.ts';
import { Program } from './program.ts';
import { atExit } from './at-exit.ts';

const READY = /Server startup complete/u;
const START_TIMEOUT_MS = 60_000;

export interface RabbitmqServer {
  /** `amqp://guest:guest@127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Everything the server has printed so far. */
  output(): string;
  /** Ends the process at once; port and data stay for `start`. */
  kill(): Promise<void>;
  /** Begins again after `kill`; resolves when it accepts connections. */
  start(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export async function startRabbitmq(): Promise<RabbitmqServer> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-rabbitmq-'));
  const [port = 0, distributionPort = 0, epmdPort = 0] = await freePorts(3);
  const environment = await environmentOf(folder, { port, distributionPort, epmdPort });
  const server = new Program({
    path: programPath(),
    folder,
    environment,
    // The runtime and its helper processes end together.
    isGroup: true,
    ready: READY,
    startTimeoutMs: START_TIMEOUT_MS,
  });
  // RabbitMQ would leave a daemon behind that nobody ends.
  const mapper = spawn(epmdPath(), ['-port', String(epmdPort), '-address', '127.0.0.1'], {
    stdio: 'ignore',
  });
  const spareMapper = atExit(() => void mapper.kill('SIGKILL'));
  await untilAccepting(epmdPort);

  const start = async (): Promise<void> => {
    await server.start();
    await untilAccepting(port);
  };

  await start();
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    port,
    output: () => server.output,
    kill: () => server.end('SIGKILL'),
    start,
    stop: async () => {
      spareMapper();
      await server.close('SIGKILL');
      mapper.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Beside the release, not in /usr/sbin: RABBITMQ_SERVER_PATH may name either. */
function programPath(): string {
  const given = process.env['RABBITMQ_SERVER_PATH'];
  const candidates = [
    ...globSync('/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server').toSorted(),
    ...(given === undefined ? [] : [realpathSync(given)]),
  ];
  const found = candidates.find((path) => existsSync(join(dirname(path), 'rabbitmq-env')));
  if (found === undefined) throw new Error('no RabbitMQ found; set RABBITMQ_SERVER_PATH');
  return found;
}

/** Comes with Erlang; the distribution puts it on the PATH. */
function epmdPath(): string {
  const candidates = ['/usr/bin/epmd', ...globSync('/usr/lib/erlang/erts-*/bin/epmd')];
  return candidates.find(existsSync) ?? 'epmd';
}

interface Ports {
  readonly port: number;
  readonly distributionPort: number;
  readonly epmdPort: number;
}

async function environmentOf(
  folder: string,
  { port, distributionPort, epmdPort }: Ports,
): Promise<Record<string, string>> {
  const cookie = join(folder, '.erlang.cookie');
  await writeFile(cookie, 'carillon-tests');
  await chmod(cookie, 0o400);
  const plugins = join(folder, 'enabled_plugins');
  await writeFile(plugins, '[].\n');
  const config = join(folder, 'rabbitmq.conf');
  await writeFile(
    config,
    [
      'listeners.tcp.1 = 127.0.0.1:' + port,
      'log.console = true',
      'log.console.level = info',
      '',
    ].join('\n'),
  );
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    HOME: folder,
    RABBITMQ_NODENAME: `carillon-${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distributionPort),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    // The script becomes the runtime instead of waiting for it.
    RUNNING_UNDER_SYSTEMD: '1',
    // Two schedulers that do not spin: the machine has other work.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  };
}

async function untilAccepting(port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isAccepting(port))) {
    if (Date.now() > deadline) throw new Error(`nobody listens on port ${port}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

function isAccepting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('error', () => finish(false));
    socket.once('connect', () => finish(true));
  });
}
