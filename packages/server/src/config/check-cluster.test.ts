import { describe, expect, it } from 'vitest';
import { engineName } from './engine-choice.ts';
import { readConfig } from './load-config.ts';

const SECRET = 'a secret of at least thirty-two bytes!';
const DATABASE_URL = 'postgresql+psycopg://carillon:hunter2@db/carillon';
const REDIS_URL = 'redis://:hunter2@redis:6379';

const read = (env: Record<string, string>) => readConfig({ env });
const problemsOf = (env: Record<string, string>) => read(env).problems;

describe('the engine', () => {
  const engineOf = (env: Record<string, string>) => engineName(read(env).config.settings);

  it('is memory until a Redis or NATS is set', () => {
    expect(engineOf({})).toBe('memory');
    expect(engineOf({ REDIS_URL })).toBe('redis');
    expect(engineOf({ REDIS_HOST: 'redis', REDIS_PORT: '6379' })).toBe('redis');
    expect(engineOf({ NATS_URL: 'nats://nats:4222' })).toBe('nats');
    expect(engineOf({ NATS_URL: 'nats://nats:4222', REDIS_URL, ENGINE: 'nats' })).toBe('nats');
  });

  it('must be named where both are set', () => {
    const both = { REDIS_URL, NATS_URL: 'nats://nats:4222' };
    expect(problemsOf(both)).toEqual([expect.stringContaining('ENGINE=redis or ENGINE=nats')]);
    expect(problemsOf({ ...both, ENGINE: 'redis' })).toEqual([]);
  });

  it('of several processes warns while the database is of one', () => {
    const warningsOf = (env: Record<string, string>) => read(env).config.warnings.join();
    expect(warningsOf({ REDIS_URL })).toContain('it must stay the only one');
    expect(warningsOf({ REDIS_URL, DATABASE_URL })).toBe('');
    expect(warningsOf({})).toBe('');
  });

  it('memory warns that a set Redis is not used', () => {
    expect(read({ REDIS_URL, ENGINE: 'memory' }).config.warnings.join()).toContain('stands alone');
  });

  it.each([
    [{ ENGINE: 'redis' }, 'REDIS_URL: ENGINE=redis needs it'],
    [{ ENGINE: 'nats' }, 'NATS_URL: ENGINE=nats needs it'],
    [{ REDIS_URL: 'http://redis' }, 'expected redis://host:port or rediss://host:port'],
    [{ REDIS_URL: 'redis://a,redis' }, 'REDIS_URL: entry 2 is not understood'],
    [{ REDIS_HOST: 'redis' }, 'REDIS_HOST and REDIS_PORT belong together'],
    [{ REDIS_SENTINELS: 'a:26379' }, 'REDIS_SENTINELS and REDIS_SENTINEL_MASTER belong together'],
    [{ REDIS_SENTINELS: 'a', REDIS_SENTINEL_MASTER: 'm' }, '"a" is not host:port'],
    [{ REDIS_CLUSTER: 'true' }, 'needs REDIS_URL with some nodes'],
    [{ NATS_URL: 'redis://nats' }, 'expected nats://host:port'],
    [{ NATS_CREDENTIALS_PATH: '/tmp/x.creds' }, 'needs NATS_URL'],
    [{ DATABASE_URL: 'mysql://u:hunter2@h/d' }, 'DATABASE_URL: not understood'],
  ])('refuses %j with the fix', (env, message) => {
    const problems = problemsOf(env).join('\n');
    expect(problems).toContain(message);
    expect(problems).not.toContain('hunter2');
  });
});

describe('a split kind', () => {
  const websocket = { SERVICE_ROLE: 'websocket', API_TYPE: 'websocket' };

  it('is refused without shared state, everything that is missing listed together', () => {
    expect(problemsOf(websocket)).toEqual([
      expect.stringMatching(/^DATABASE_URL: SERVICE_ROLE=websocket shares .*; set postgresql:/),
      expect.stringMatching(/^REDIS_URL: .*set REDIS_URL \(or NATS_URL\)/),
      expect.stringMatching(/^JWT_SECRET: .*each needs the same key/),
    ]);
    expect(problemsOf({ API_TYPE: 'http', ENGINE: 'memory', JWT_SECRET: SECRET })).toEqual([
      expect.stringMatching(/^DATABASE_URL: API_TYPE=http /),
      expect.stringMatching(/^ENGINE: .*use redis or nats/),
    ]);
  });

  it('needs no key where it checks no tokens: a worker', () => {
    const env = { SERVICE_ROLE: 'worker', DATABASE_URL, REDIS_URL, NODE_ENV: 'production' };
    expect(problemsOf(env)).toEqual([]);
  });

  it('listens on a port of its own unless PORT says otherwise', () => {
    const portOf = (env: Record<string, string>) => read(env).config.port;
    expect(portOf({ API_TYPE: 'http' })).toBe(8000);
    expect(portOf(websocket)).toBe(8001);
    expect(portOf({ SERVICE_ROLE: 'worker' })).toBe(8002);
    expect(portOf({ SERVICE_ROLE: 'worker', PORT: '9000' })).toBe(9000);
  });
});
