/**
 * A real PostgreSQL for one test file: own data directory, free port on loopback, trust
 * authentication, syncs to disk as in production. PostgreSQL refuses to run as root, so root's
 * tests run it as the `postgres` user of the package.
 */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const READY = 'database system is ready to accept connections';
const START_TIMEOUT_MS = 30_000;
const USER = 'carillon';
const VERSIONS = ['17', '16', '15', '14'];

/** fast: open transactions are rolled back, files are closed. immediate: like a power cut, recovers at the next start. */
export type ShutdownMode = 'fast' | 'immediate';

const SIGNALS: Readonly<Record<ShutdownMode, NodeJS.Signals>> = {
  fast: 'SIGINT',
  immediate: 'SIGQUIT',
};

export interface PostgresServerOptions {
  /** Settings of postgresql.conf, for example `{ log_statement: 'all' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  /** Of a database that is empty at the start: `postgresql://carillon@127.0.0.1:<port>/postgres`. */
  readonly url: string;
  readonly port: number;
  /** Everything the server has logged so far. */
  output(): string;
  /** Makes an empty database, for a test of its own. */
  createDatabase(): Promise<string>;
  /** Ends the server (default: fast); data and port stay for `start`. */
  halt(mode?: ShutdownMode): Promise<void>;
  /** Begins again after `halt`; resolves when it accepts connections. */
  start(): Promise<void>;
  /** `halt`, then `start`. */
  restart(mode: ShutdownMode): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const programs = programFolder();
  const account = await accountToRunAs();
  const directory = await mkdtemp(join(tmpdir(), 'carillon-postgres-'));
  if (account !== undefined) await chown(directory, account.uid, account.gid);
  const data = join(directory, 'data');
  const initial = ['-A', 'trust', '-U', USER, '--locale=C', '--encoding=UTF8', '--no-sync'];
  // Its working directory must be one that the account may enter.
  await run(join(programs, 'initdb'), ['-D', data, ...initial], { cwd: directory, ...account });
  const port = await freePort();
  const settings = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    port: String(port),
    ...options.settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

  let logged = '';
  let server: ChildProcess | undefined;
  let databases = 0;
  const killAtExit = (): void => void server?.kill('SIGQUIT');
  process.once('exit', killAtExit);

  async function start(): Promise<void> {
    const child = spawn(join(programs, 'postgres'), ['-D', data, ...settings], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...account,
    });
    server = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (logged += text));
    await untilReady(child);
  }

  async function halt(mode: ShutdownMode = 'fast'): Promise<void> {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(SIGNALS[mode]);
    await exited;
  }

  const urlOf = (database: string): string => `postgresql://${USER}@127.0.0.1:${port}/${database}`;

  await start();
  return {
    url: urlOf('postgres'),
    port,
    output: () => logged,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      const access = ['-h', '127.0.0.1', '-p', String(port), '-U', USER];
      await run(join(programs, 'createdb'), [...access, name], { cwd: directory });
      return urlOf(name);
    },
    halt,
    start,
    async restart(mode) {
      await halt(mode);
      await start();
    },
    async stop() {
      await halt('immediate');
      process.off('exit', killAtExit);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** POSTGRES_PATH, which `npm test` sets, or where Debian puts it. */
function programFolder(): string {
  const given = process.env['POSTGRES_PATH'];
  if (given !== undefined && given !== '') return dirname(given);
  const folders = VERSIONS.map((version) => `/usr/lib/postgresql/${version}/bin`);
  const found = folders.find((folder) => existsSync(join(folder, 'postgres')));
  if (found !== undefined) return found;
  throw new Error('PostgreSQL is not installed; install it or set POSTGRES_PATH to its "postgres"');
}

async function accountToRunAs(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error('no "postgres" user');
  return { uid, gid };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      child.stderr?.off('data', read);
      child.off('exit', fail);
      if (error === undefined) resolve();
      else reject(error);
    };
    const read = (chunk: string): void => {
      text += chunk;
      if (text.includes(READY)) settle();
    };
    const fail = (): void => settle(new Error(`PostgreSQL did not start:\n${text}`));
    const timer = setTimeout(fail, START_TIMEOUT_MS);
    child.stderr?.on('data', read);
    child.on('exit', fail);
  });
}
