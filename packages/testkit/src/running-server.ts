/**
 * The real server as a process of its own: free port, temporary data, known secrets. Stops with
 * the test that started it, and can be killed and started again on the same data.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CLI = join(ROOT, 'packages', 'server', 'src', 'cli.ts');
const READY = /Carillon is ready at (https?:\/\/\S+)/;
const START_TIMEOUT_MS = 20_000;

export const TEST_SECRET = 'test secret of more than thirty-two bytes';
export const TEST_API_KEY = 'test-api-key';

export interface ServerOptions {
  /** Application kind; the split ones need DATABASE_URL and an engine in `env`. @default combined */
  readonly kind?: 'combined' | 'http' | 'websocket' | 'worker';
  /** On top of a clean environment; PORT, DATA_DIR, JWT_SECRET and API_KEY are set already. */
  readonly env?: Readonly<Record<string, string>>;
  /** Content of the configuration file: namespaces and more. */
  readonly config?: object;
  /** Kept by the caller, so that another process can go on with it. */
  readonly dataDir?: string;
  readonly port?: number;
}

export interface RunningServer {
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly apiKey: string;
  /** Everything the process has printed so far. */
  output(): string;
  token(sub: string, claims?: Readonly<Record<string, unknown>>, ttl?: string): Promise<string>;
  /** SIGTERM and wait: the graceful way. Removes temporary data. */
  stop(): Promise<void>;
  /** Any signal, and wait for the exit; data stays. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'carillon-server-')));
  const child = spawn(process.execPath, await argumentsOf(options, dataDir), {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      PORT: String(options.port ?? 0),
      DATA_DIR: dataDir,
      JWT_SECRET: TEST_SECRET,
      API_KEY: TEST_API_KEY,
      LOG_LEVEL: 'info',
      ...kindEnv(options.kind),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // With its output complete: 'exit' alone may come before the last lines.
  const exited = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const printed = collect(child);
  const url = await untilReady(child, printed);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return {
    url,
    wsUrl: url.replace('http', 'ws'),
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    dataDir,
    apiKey: options.env?.['API_KEY'] ?? TEST_API_KEY,
    output: printed,
    token: (sub, claims = {}, ttl = '1h') =>
      signToken({ sub, ...claims }, ttl, options.env?.['JWT_SECRET'] ?? TEST_SECRET),
    kill,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) await kill('SIGTERM');
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
    exited,
  };
}

function kindEnv(kind: ServerOptions['kind']): Readonly<Record<string, string>> {
  if (kind === undefined) return {};
  return kind === 'websocket' || kind === 'worker' ? { SERVICE_ROLE: kind } : { API_TYPE: kind };
}

async function argumentsOf(options: ServerOptions, dataDir: string): Promise<string[]> {
  const args = ['--conditions=@carillon/source', CLI, 'serve'];
  if (options.config === undefined) return args;
  const path = join(dataDir, 'carillon.test-config.json');
  await writeFile(path, JSON.stringify(options.config));
  return [...args, '--config', path];
}

export async function signToken(
  claims: Readonly<Record<string, unknown>>,
  ttl = '1h',
  secret = TEST_SECRET,
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(ttl)
    .sign(new TextEncoder().encode(secret));
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return () => chunks.join('');
}

function untilReady(child: ChildProcess, printed: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.stdout?.off('data', look);
      settle();
    };
    const look = (): void => {
      const url = READY.exec(printed())?.[1];
      if (url !== undefined) finish(() => resolve(url));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish(() => reject(new Error(`the server did not start in time:\n${printed()}`)));
    }, START_TIMEOUT_MS);
    child.stdout?.on('data', look);
    child.once('close', (code) => {
      finish(() =>
        reject(new Error(`the server stopped with ${code} at the start:\n${printed()}`)),
      );
    });
  });
}
