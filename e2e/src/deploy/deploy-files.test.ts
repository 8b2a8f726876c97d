/** The files in deploy/ against the program: settings, ports, metrics and paths that they name must exist. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startServer } from '@carillon/testkit';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../../packages/server/src/config/settings.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DEPLOY = join(ROOT, 'deploy');
const read = (path: string): Promise<string> => readFile(join(DEPLOY, path), 'utf8');
const known = new Set<string>([
  ...Object.values(SETTINGS).map(({ env }) => env),
  'NODE_ENV',
  'CARILLON_CLI',
]);

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: object;
  readonly volumes?: readonly string[];
  readonly image?: string;
}

const composeOf = async (name: string): Promise<Readonly<Record<string, Service>>> => {
  const text = await read(`compose/${name}.yml`);
  // Merge keys (`<<`) are how compose files share; YAML 1.2 leaves them out unless asked.
  const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
  return services;
};

const ours = (services: Readonly<Record<string, Service>>): readonly Service[] =>
  Object.values(services).filter(({ image }) => image === undefined || image === 'carillon');

describe('compose files', () => {
  it.each(['dev', 'split', 'scale'])('%s names only settings that exist', async (name) => {
    const services = await composeOf(name);
    for (const { environment = {} } of ours(services)) {
      expect(Object.keys(environment).filter((env) => !known.has(env))).toEqual([]);
    }
  });

  it('scale is two HTTP and three WebSocket processes, a worker, nginx, Redis and PostgreSQL', async () => {
    const services = await composeOf('scale');
    const roles = ours(services).map(({ command }) => command?.[0] ?? '');
    expect(roles.toSorted()).toEqual(
      ['http', 'http', 'websocket', 'websocket', 'websocket', 'worker'].toSorted(),
    );
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['nginx', 'redis', 'postgres']));
  });

  it.each(['split', 'scale'])(
    '%s and the upstreams of its nginx name the same processes',
    async (name) => {
      const services = await composeOf(name);
      const upstreams = await read(`nginx/upstreams-${name}.conf`);
      const hosts = [...upstreams.matchAll(/^ *server ([\w-]+):(\d+)/gmu)];
      for (const [, host = '', port] of hosts) {
        expect(services[host]?.command?.[0], host).toBe(port === '8000' ? 'http' : 'websocket');
      }
      const served = Object.keys(services).filter((host) => /^(?:http|websocket)-\d/u.test(host));
      expect(new Set(hosts.map(([, host]) => host))).toEqual(new Set(served));
    },
  );

  it.each(['split', 'scale'])('every file that %s mounts is there', async (name) => {
    const { nginx } = await composeOf(name);
    for (const volume of nginx?.volumes ?? []) {
      expect(existsSync(join(DEPLOY, 'compose', volume.split(':')[0] ?? '')), volume).toBe(true);
    }
  });
});

describe('image', () => {
  it('copies only what is there, or what an earlier stage makes', async () => {
    const dockerfile = await read('docker/Dockerfile');
    const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gmu)];
    const sources = copies.flatMap(([, words = '']) => words.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(8);
    for (const source of sources.filter((path) => !path.includes('*'))) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
    }
  });

  it('runs as somebody without rights, and says how to see that it lives', async () => {
    const dockerfile = await read('docker/Dockerfile');
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 10001:10001$/mu);
    expect(last).toMatch(/^HEALTHCHECK .*health-check\.mjs/mu);
  });

  it('has every workspace in its install step, or npm would not find the lock file complete', async () => {
    const dockerfile = await read('docker/Dockerfile');
    const { workspaces } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      workspaces: string[];
    };
    const folders: string[] = [];
    const manifests = workspaces.map((each) => `${each}/package.json`);
    for await (const file of glob(manifests, { cwd: ROOT })) folders.push(file);
    expect(folders.length).toBeGreaterThan(workspaces.length);
    for (const file of folders) {
      expect(dockerfile).toContain(`COPY ${file} ${file.replace('package.json', '')}`);
    }
  });
});

describe('entrypoint.sh', () => {
  const cli = join(ROOT, 'packages', 'server', 'src', 'cli.ts');
  const enter = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    new Promise<{ code: number | null; printed: string }>((resolve) => {
      const child = spawn(join(DEPLOY, 'docker', 'entrypoint.sh'), args, {
        cwd: ROOT,
        env: {
          PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
          NODE_OPTIONS: '--conditions=@carillon/source',
          CARILLON_CLI: cli,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      child.on('close', (code) => resolve({ code, printed }));
    });

  it.each(['http', 'websocket', 'worker'])(
    '%s starts that kind, which asks for what it shares',
    async (role) => {
      const { code, printed } = await enter([role], { NODE_ENV: 'production', PORT: '0' });
      expect(code).not.toBe(0);
      expect(printed).toContain('DATABASE_URL');
      expect(printed).toMatch(/REDIS_URL|NATS_URL/u);
      expect(printed).toContain(role);
    },
  );

  it('hands anything else to the command line', async () => {
    const secret = { JWT_SECRET: 'a test secret of more than thirty-two bytes' };
    const { code, printed } = await enter(['token', '--sub', 'alice'], secret);
    expect(code).toBe(0);
    expect(printed.trim()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/u);
  });
});

describe('health-check.mjs', () => {
  const check = (port: number): Promise<number | null> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(DEPLOY, 'docker', 'health-check.mjs')], {
        env: { PORT: String(port) },
      });
      child.on('close', resolve);
    });

  it('is 0 while the process lives and 1 afterwards', async () => {
    const server = await startServer();
    expect(await check(server.port)).toBe(0);
    await server.stop();
    expect(await check(server.port)).toBe(1);
  });
});

describe('Helm chart and systemd unit', () => {
  it('name only settings that exist', async () => {
    const values = parse(await read('helm/carillon/values.yaml')) as Record<
      string,
      { env?: object }
    >;
    const roles = await read('helm/carillon/templates/roles.yaml');
    const names = [
      ...Object.keys((values['env'] ?? {}) as object),
      ...['http', 'websocket', 'worker'].flatMap((role) => Object.keys(values[role]?.env ?? {})),
      ...[...roles.matchAll(/- name: ([A-Z_]+)$/gmu)].map(([, name = '']) => name),
      ...[...(await read('systemd/env.example')).matchAll(/^([A-Z_]+)=/gmu)].map(([, n = '']) => n),
      ...[...(await read('systemd/carillon@.service')).matchAll(/^Environment=([A-Z_]+)=/gmu)].map(
        ([, name = '']) => name,
      ),
    ];
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('ask readiness for traffic and health for life, never the other way round', async () => {
    const roles = await read('helm/carillon/templates/roles.yaml');
    expect(roles).toMatch(/livenessProbe:\n +httpGet: \{ path: \/health,/u);
    expect(roles).toMatch(/readinessProbe:\n +httpGet: \{ path: \/ready,/u);
  });
});

describe('Prometheus rules and Grafana dashboard', () => {
  it('ask only for metrics that a server has', async () => {
    const server = await startServer();
    const page = await (await fetch(`${server.url}/metrics`)).text();
    await server.stop();
    const families = new Set([...page.matchAll(/^# HELP (\S+)/gmu)].map(([, name = '']) => name));
    const rules = await read('prometheus/carillon-rules.yml');
    const dashboard = await read('grafana/carillon.json');
    expect(parseAllDocuments(rules).flatMap(({ errors }) => errors)).toEqual([]);
    expect(() => JSON.parse(dashboard) as unknown).not.toThrow();
    const asked = [...`${rules}${dashboard}`.matchAll(/\bcarillon_[a-z0-9_]+/gu)].map(([name]) =>
      name.replace(/_bucket$/u, ''),
    );
    expect(new Set(asked).size).toBeGreaterThan(20);
    expect([...new Set(asked)].filter((name) => !families.has(name))).toEqual([]);
  });
});
