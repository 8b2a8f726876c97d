/**
 * A real NATS server for one test file: free port on loopback, temporary folder for JetStream.
 * It can be killed and begun again, with what it had stored or without.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY = 'Server is ready';
const START_TIMEOUT_MS = 20_000;

export interface NatsServerOptions {
  /** @default true */
  readonly jetstream?: boolean;
  /** More arguments of nats-server: `['--user', 'ann', '--pass', 'secret']`. */
  readonly args?: readonly string[];
}

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Where JetStream stores: to be copied or put back while the server is down. */
  readonly storeFolder: string;
  /** Everything the server has logged so far. */
  output(): string;
  /** Any signal, and waits for the exit; port and folder stay for `start`. @default SIGKILL */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Begins again after `kill`; resolves when it accepts connections. */
  start(): Promise<void>;
  /** SIGKILL and `start`. `keepData: false` removes what JetStream had stored. @default true */
  restart(options?: { readonly keepData?: boolean }): Promise<void>;
  /** Holds the process still (SIGSTOP): connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export async function startNats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const program = serverPath();
  const directory = await mkdtemp(join(tmpdir(), 'carillon-nats-'));
  const store = join(directory, 'jetstream');
  const port = await freePort();
  const args = [
    '--addr',
    '127.0.0.1',
    '--port',
    String(port),
    ...(options.jetstream === false ? [] : ['--jetstream', '--store_dir', store]),
    ...(options.args ?? []),
  ];
  let logged = '';
  let server: ChildProcess | undefined;
  const killAtExit = (): void => void server?.kill('SIGKILL');
  process.once('exit', killAtExit);

  async function start(): Promise<void> {
    const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    server = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (logged += text));
    await untilReady(child);
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await exited;
  }

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    storeFolder: store,
    output: () => logged,
    kill,
    start,
    async restart({ keepData = true } = {}) {
      await kill();
      if (!keepData) await rm(store, { recursive: true, force: true });
      await start();
    },
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    async stop() {
      await kill();
      process.off('exit', killAtExit);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function serverPath(): string {
  const path = process.env['NATS_SERVER_PATH'];
  if (path !== undefined) return path;
  const folders = ['/usr/sbin', '/usr/bin', '/usr/local/bin'];
  const found = folders.map((folder) => join(folder, 'nats-server')).find(existsSync);
  if (found === undefined) throw new Error('install nats-server or set NATS_SERVER_PATH');
  return found;
}

/** The server cannot be asked which port it took by itself without a file of its own. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilReady(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let printed = '';
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.stderr?.off('data', look);
      child.off('exit', fail);
      settle();
    };
    const look = (text: string): void => {
      printed += text;
      if (printed.includes(READY)) finish(resolve);
    };
    const fail = (): void =>
      finish(() => reject(new Error(`nats-server did not start:\n${printed}`)));
    const timer = setTimeout(fail, START_TIMEOUT_MS);
    child.stderr?.on('data', look);
    child.once('exit', fail);
  });
}
