/**
 * A real PostgreSQL for one test file: own data directory, free port on loopback, trust
 * authentication, syncs to disk as in production. PostgreSQL refuses to run as root, so root's
 * tests run it as the `postgres` user of the package.
 */
import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { findProgram, Program } from './program.ts';

const run = promisify(execFile);

const READY = /database system is ready to accept connections/u;
const START_TIMEOUT_MS = 30_000;
const USER = 'carillon';
/** Where Debian puts it. */
const PATHS = ['17', '16', '15', '14'].map((each) => `/usr/lib/postgresql/${each}/bin/postgres`);

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
  const path = findProgram('POSTGRES_PATH', PATHS);
  const programs = dirname(path);
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

  const server = new Program({
    path,
    args: ['-D', data, ...settings],
    folder: directory,
    ...(account === undefined ? {} : { account }),
    ready: READY,
    startTimeoutMs: START_TIMEOUT_MS,
    lastSignal: SIGNALS.immediate,
  });
  let databases = 0;
  const urlOf = (database: string): string => `postgresql://${USER}@127.0.0.1:${port}/${database}`;

  await server.start();
  return {
    url: urlOf('postgres'),
    port,
    output: () => server.output,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      const access = ['-h', '127.0.0.1', '-p', String(port), '-U', USER];
      await run(join(programs, 'createdb'), [...access, name], { cwd: directory });
      return urlOf(name);
    },
    halt: (mode = 'fast') => server.end(SIGNALS[mode]),
    start: () => server.start(),
    async restart(mode) {
      await server.end(SIGNALS[mode]);
      await server.start();
    },
    async stop() {
      await server.close(SIGNALS.immediate);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function accountToRunAs(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error('no "postgres" user');
  return { uid, gid };
}
