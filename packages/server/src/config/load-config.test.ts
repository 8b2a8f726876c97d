import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './load-config.ts';

const SECRET = 'a secret of at least thirty-two bytes!';

function problemsOf(env: Record<string, string>, file?: string): readonly string[] {
  try {
    loadConfig({ env, file });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function configFile(name: string, content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'carillon-config-')), name);
  writeFileSync(path, content);
  return path;
}

describe('defaults', () => {
  it('start a development server on loopback without any setting', () => {
    const config = loadConfig({ env: {} });
    expect(config.port).toBe(8000);
    expect(config.host).toBe('127.0.0.1');
    expect(config.isLoopback).toBe(true);
    expect(config.namespaces.map(({ name }) => name)).toEqual([
      'user',
      'chat',
      'task',
      'stream',
      'room',
    ]);
  });

  it('listen everywhere in production, where a secret is required', () => {
    expect(loadConfig({ env: { NODE_ENV: 'production', JWT_SECRET: SECRET } }).host).toBe(
      '0.0.0.0',
    );
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringContaining('JWT_SECRET: nothing says how tokens are verified'),
    ]);
  });

  it('open rooms to anonymous people on loopback in development only', () => {
    const roomOf = (env: Record<string, string>) =>
      loadConfig({ env }).namespaces.find(({ name }) => name === 'room')?.subscribe;
    expect(roomOf({})).toBe('anyone');
    expect(roomOf({ HOST: '0.0.0.0', JWT_SECRET: SECRET })).toBe('authenticated');
    expect(roomOf({ NODE_ENV: 'production', JWT_SECRET: SECRET })).toBe('authenticated');
    expect(roomOf({ HOST: '0.0.0.0', JWT_SECRET: SECRET, ALLOW_ANONYMOUS: 'true' })).toBe('anyone');
  });
});

describe('values', () => {
  it('read durations with units, bare numbers as seconds', () => {
    const interval = (text: string) =>
      loadConfig({ env: { WS_HEARTBEAT_INTERVAL: text } }).settings.wsHeartbeatInterval;
    expect(interval('45')).toBe(45_000);
    expect(interval('45000ms')).toBe(45_000);
    expect(interval('2m')).toBe(120_000);
  });

  it('refuse WS_HEARTBEAT_INTERVAL=45000 with the fix in the message', () => {
    expect(problemsOf({ WS_HEARTBEAT_INTERVAL: '45000' })).toEqual([
      'WS_HEARTBEAT_INTERVAL: 45000 means 12.5 hours, which is out of range; a bare number is seconds; write 45000ms or 45s if you mean milliseconds',
    ]);
  });

  it('treat an empty variable as unset', () => {
    expect(loadConfig({ env: { PORT: '' } }).port).toBe(8000);
  });

  it('split several API keys', () => {
    expect(loadConfig({ env: { API_KEY: 'one, two' } }).settings.apiKeys).toEqual(['one', 'two']);
  });

  it.each([
    ['PORT', '99999', '99999 is out of range'],
    ['PORT', 'http', '"http" is not a whole number'],
    ['LOG_LEVEL', 'loud', '"loud" is not known; use one of debug'],
    ['TRUST_PROXY', 'maybe', 'neither true nor false'],
    ['MESSAGE_RATE', '20', '"20" is not a rate; write for example 20/10s'],
    ['MAX_FRAME_BYTES', '64 potatoes', 'is not a size'],
    ['NOTIFICATION_PROVIDER', 'pigeon', '"pigeon" is not known'],
    ['NOTIFICATION_PROVIDER', 'firebase', 'firebase is not in this version'],
    ['JWKS_URL', 'http://keys.example.com', 'must be an https URL'],
    ['JWT_PUBLIC_KEY', './missing.pem', 'neither PEM text'],
    ['CHAT_IDLE_TIMEOUT', '5s', 'must be longer than CHAT_PING_INTERVAL'],
  ])('refuse %s=%s', (name, value, message) => {
    expect(problemsOf({ [name]: value }).join('\n')).toContain(message);
  });

  it('never repeat a secret in a problem', () => {
    const problems = problemsOf({ NODE_ENV: 'production', JWT_SECRET: 'hunter2' }).join('\n');
    expect(problems).toContain('7 bytes is too short');
    expect(problems).not.toContain('hunter2');
  });

  it('warn about a short secret outside production', () => {
    expect(loadConfig({ env: { JWT_SECRET: 'hunter2' } }).warnings.join()).toContain('too short');
  });

  it('list all problems together', () => {
    expect(
      problemsOf({ PORT: 'x', LOG_LEVEL: 'loud', WS_HEARTBEAT_INTERVAL: '45000' }),
    ).toHaveLength(3);
  });

  it('refuse insecure in production', () => {
    const env = { NODE_ENV: 'production', JWT_SECRET: SECRET, INSECURE: 'true' };
    expect(problemsOf(env).join()).toContain('INSECURE: not allowed');
  });
});

describe('the configuration file', () => {
  const news = {
    name: 'news',
    subscribe: 'authenticated',
    publish: 'authenticated',
    history: { size: 200, ttl: '300s' },
    recover: true,
    presence: true,
    joinLeave: true,
    slowConsumer: 'disconnect',
  };

  it('brings namespaces, from JSON and from YAML', () => {
    const json = configFile('c.json', JSON.stringify({ namespaces: [news] }));
    const yaml = configFile(
      'c.yaml',
      'namespaces:\n  - name: ""\n    subscribe: anyone\n    history: { size: 5, ttl: 60 }\n',
    );
    expect(loadConfig({ env: {}, file: json }).namespaces.at(-1)).toEqual({
      name: 'news',
      subscribe: 'authenticated',
      publish: 'authenticated',
      historySize: 200,
      historyTtlMs: 300_000,
      canRecover: true,
      hasPresence: true,
      hasJoinLeave: true,
      slowConsumer: 'disconnect',
    });
    const fromYaml = loadConfig({ env: { CONFIG_FILE: yaml } }).namespaces.at(-1);
    expect(fromYaml).toMatchObject({ name: '', historySize: 5, historyTtlMs: 60_000 });
  });

  it('holds settings by their camelCase names; the environment wins', () => {
    const file = configFile(
      'c.json',
      JSON.stringify({ port: 9000, maxConnections: 7, insecure: true }),
    );
    const config = loadConfig({ env: { PORT: '9001' }, file });
    expect(config.settings).toMatchObject({ port: 9001, maxConnections: 7, insecure: true });
  });

  it('refuses unknown keys and names the nearest', () => {
    const file = configFile(
      'c.json',
      JSON.stringify({ namespace: [], namespaces: [{ name: 'a', histroy: {} }] }),
    );
    expect(problemsOf({}, file)).toEqual([
      expect.stringContaining('unknown key "namespace"; did you mean "namespaces"?'),
      expect.stringContaining('unknown key "histroy"; did you mean "history"?'),
    ]);
  });

  it.each([
    [{ ...news, history: undefined }, 'recover needs history'],
    [{ ...news, slowConsumer: 'latest' }, 'so recover must be false'],
    [{ ...news, subscribe: 'everybody' }, '"everybody" is not known; use one of anyone'],
    [{ ...news, history: { size: -1 } }, '"history.size" must be a whole number'],
    [{ ...news, history: { size: 1, ttl: 'soon' } }, '"soon" is not a duration'],
    [{ ...news, name: 'chat' }, '"chat" is built in'],
    [{ ...news, name: 'a:b' }, '"name" must be'],
    [{ ...news, presence: 'yes' }, '"presence" must be true or false'],
  ])('refuses a bad namespace: %j', (namespace, message) => {
    const file = configFile('c.json', JSON.stringify({ namespaces: [namespace] }));
    expect(problemsOf({}, file).join('\n')).toContain(message);
  });

  it('that cannot be read is one clear problem', () => {
    expect(problemsOf({}, '/nowhere/c.json')).toEqual([
      expect.stringContaining('CONFIG_FILE: cannot read /nowhere/c.json'),
    ]);
  });
});

describe('the admin password', () => {
  const env = { JWT_SECRET: SECRET, ADMIN_PASSWORD: 'elevenchars' };

  it('stops the start in production when it can be guessed, and is warned of elsewhere', () => {
    const finding = 'ADMIN_PASSWORD: 11 characters can be guessed';
    expect(problemsOf({ ...env, NODE_ENV: 'production' })).toEqual([
      expect.stringContaining(finding),
    ]);
    expect(loadConfig({ env }).warnings).toEqual([expect.stringContaining(finding)]);
  });

  it('of twelve characters, or none at all, is fine', () => {
    const good = { ...env, ADMIN_PASSWORD: 'twelve chars' };
    expect(problemsOf({ ...good, NODE_ENV: 'production' })).toEqual([]);
    expect(loadConfig({ env: good }).warnings).toEqual([]);
    expect(loadConfig({ env: {} }).warnings).toEqual([]);
  });
});
