/**
 * A real NATS server for one test file: free port on loopback, temporary folder for JetStream.
 * It can be killed and begun again, with what it had stored or without.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { findProgram, Program } from './program.ts';

const READY = /Server is ready/u;
const PATHS = ['/usr/sbin', '/usr/bin', '/usr/local/bin'].map((each) => join(each, 'nats-server'));
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
  const server = new Program({
    path: findProgram('NATS_SERVER_PATH', PATHS),
    args,
    folder: directory,
    ready: READY,
    startTimeoutMs: START_TIMEOUT_MS,
  });
  await server.start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    storeFolder: store,
    output: () => server.output,
    kill: (signal = 'SIGKILL') => server.end(signal),
    start: () => server.start(),
    async restart({ keepData = true } = {}) {
      await server.end('SIGKILL');
      if (!keepData) await rm(store, { recursive: true, force: true });
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
