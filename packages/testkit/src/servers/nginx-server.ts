/**
 * A real nginx with the configuration that we publish (deploy/nginx): only the addresses, the port
 * and the place of its files are changed, so what passes a test here is what operators get.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { findProgram, Program } from './program.ts';

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
  const server = new Program({
    path: findProgram('NGINX_PATH', ['/usr/sbin/nginx', '/usr/local/sbin/nginx']),
    args: ['-p', directory, '-e', 'stderr', '-c', config],
    folder: directory,
    ready: READY,
    startTimeoutMs: START_TIMEOUT_MS,
  });
  await server.start();
  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    port,
    accessLog: () => readFile(join(directory, 'access.log'), 'utf8'),
    async reload(changed) {
      await writeUpstreams(directory, changed);
      const seen = server.output.length;
      server.signal('SIGHUP');
      await server.untilPrinted(RELOADED, seen);
    },
    async stop() {
      await server.close('SIGTERM');
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
