/**
 * A real nginx with the configuration that we publish (deploy/nginx): only the addresses, the port
 * and the place of its files are changed, so what passes a test here is what operators get.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './redis-server.ts';

const DEPLOYED = join(import.meta.dirname, '..', '..', '..', '..', 'deploy', 'nginx');
const READY = /start worker process \d+/;
/** Said by the old worker, which until then still takes connections. */
const RELOADED = /gracefully shutting down/;
const START_TIMEOUT_MS = 10_000;

export interface NginxUpstreams {
  /** Ports on loopback. */
  readonly http: readonly number[];
  readonly websocket: readonly number[];
}

export interface NginxServer {
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  /** The access log so far. */
  accessLog(): Promise<string>;
  /** SIGHUP, as an operator would after a change. Resolves when only the new workers take connections. */
  reload(upstreams: NginxUpstreams): Promise<void>;
  stop(): Promise<void>;
}

export async function startNginx(upstreams: NginxUpstreams): Promise<NginxServer> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-nginx-'));
  const port = await freePort();
  await writeSite(directory, port);
  await writeUpstreams(directory, upstreams);
  const config = join(directory, 'nginx.conf');
  const child = spawn(nginxPath(), ['-p', directory, '-e', 'stderr', '-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  let logged = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (logged += text));
  await untilLogged(child, () => READY.test(logged));
  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    port,
    accessLog: () => readFile(join(directory, 'access.log'), 'utf8'),
    async reload(changed) {
      await writeUpstreams(directory, changed);
      const seen = logged.length;
      child.kill('SIGHUP');
      await untilLogged(child, () => RELOADED.test(logged.slice(seen)));
    },
    async stop() {
      process.off('exit', killAtExit);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function writeSite(directory: string, port: number): Promise<void> {
  const deployed = await readFile(join(DEPLOYED, 'carillon.conf'), 'utf8');
  const site = replaceOnce(
    replaceOnce(deployed, 'listen 80;', `listen 127.0.0.1:${port};`),
    '/var/log/nginx/carillon.log',
    join(directory, 'access.log'),
  );
  await writeFile(join(directory, 'carillon.conf'), site);
  await mkdir(join(directory, 'temp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${join(directory, 'temp', name)};`,
  );
  // In the foreground, and talkative enough to say when it is there.
  const main = [
    'daemon off;',
    'worker_processes 1;',
    `pid ${join(directory, 'nginx.pid')};`,
    'error_log stderr notice;',
    'events { worker_connections 8192; }',
    'http {',
    ...temporary,
    '  include upstreams.conf;',
    '  include carillon.conf;',
    '}',
  ];
  await writeFile(join(directory, 'nginx.conf'), main.join('\n'));
}

async function writeUpstreams(directory: string, upstreams: NginxUpstreams): Promise<void> {
  let text = await readFile(join(DEPLOYED, 'upstreams-scale.conf'), 'utf8');
  for (const kind of ['http', 'websocket'] as const) {
    const server = new RegExp(`^ *server ${kind}-\\d+:\\d+(.*;)\\n`, 'gmu');
    const rest = server.exec(text)?.[1];
    if (rest === undefined) throw new Error(`upstreams-scale.conf has no ${kind} server`);
    const lines = upstreams[kind].map((port) => `    server 127.0.0.1:${port}${rest}\n`).join('');
    text = text.replace(server, '');
    text = text.replace(`upstream carillon_${kind} {\n`, (head) => `${head}${lines}`);
  }
  await writeFile(join(directory, 'upstreams.conf'), text);
}

function replaceOnce(text: string, what: string, by: string): string {
  if (!text.includes(what)) throw new Error(`deploy/nginx/carillon.conf has no "${what}"`);
  return text.replace(what, by);
}

function nginxPath(): string {
  const path = process.env['NGINX_PATH'];
  if (path !== undefined) return path;
  const found = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(existsSync);
  if (found === undefined) throw new Error('install nginx or set NGINX_PATH');
  return found;
}

function untilLogged(child: ChildProcess, isThere: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.stderr?.off('data', look);
      child.off('exit', fail);
      settle();
    };
    const look = (): void => {
      if (isThere()) finish(resolve);
    };
    const fail = (): void => finish(() => reject(new Error('nginx did not get ready')));
    const timer = setTimeout(fail, START_TIMEOUT_MS);
    child.stderr?.on('data', look);
    child.once('exit', fail);
  });
}
