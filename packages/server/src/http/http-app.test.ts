import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { InjectOptions, LightMyRequestResponse as Response } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  IN_PROCESS_API_KEY,
  startParts,
  type InProcessParts,
} from '../../../testkit/src/in-process-parts.ts';
import { createHttpApp, type HttpApp } from './http-app.ts';
import type { HttpAppDeps, HttpSettings } from './http-deps.ts';

const BACKEND = { 'x-api-key': IN_PROCESS_API_KEY };

let parts: InProcessParts;
const running: (() => PromiseLike<unknown>)[] = [];

beforeAll(async () => {
  parts = await startParts();
});

afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

afterAll(async () => {
  await parts.close();
});

const startApp = async (
  change: Partial<HttpAppDeps> = {},
  settings: Partial<HttpSettings> = {},
): Promise<HttpApp> => {
  const http = await createHttpApp({
    ...parts.deps,
    ...change,
    settings: { ...parts.deps.settings, ...settings },
  });
  await http.app.ready();
  running.push(() => http.app.close());
  return http;
};

const ask = async (http: HttpApp, request: InjectOptions): Promise<Response> =>
  http.app.inject(request);

describe('problems', () => {
  test('an error is a problem+json with our code, and the request id that is in the log', async () => {
    const http = await startApp();
    const response = await ask(http, { url: '/nothing', headers: { 'x-request-id': 'abc-1' } });
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['x-request-id']).toBe('abc-1');
    expect(response.json()).toEqual({
      type: 'urn:carillon:error:not_found',
      title: 'not found',
      status: 404,
      detail: 'there is nothing at this path',
      code: 404,
      error: 'not_found',
      retry: 'no',
      request_id: 'abc-1',
    });
  });

  test.each([
    ['a wrong method is 405 and says which is right', { method: 'DELETE', url: '/health' }, 405],
    ['a WebSocket path without a handshake is 426', { url: '/ws/chat/bob' }, 426],
    ['a badly encoded path is 400', { url: '/%zz' }, 400],
    [
      'a body that is not JSON is 400',
      {
        method: 'POST',
        url: '/api/v1/notifications',
        headers: { ...BACKEND, 'content-type': 'application/json' },
        payload: '{"users":',
      },
      400,
    ],
    [
      'another content type is 415',
      {
        method: 'POST',
        url: '/api/v1/notifications',
        headers: { ...BACKEND, 'content-type': 'application/xml' },
        payload: '<a/>',
      },
      415,
    ],
    [
      'a body that is an array is 400',
      { method: 'POST', url: '/api/v1/notifications', headers: BACKEND, payload: [] },
      400,
    ],
  ] as const)('%s', async (_title, request, status) => {
    const http = await startApp();
    const response = await ask(http, { ...request });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ status });
    expect(response.headers['content-type']).toContain('problem+json');
  });

  test('a key of __proto__ and a nesting too deep are refused', async () => {
    const http = await startApp();
    const post = (payload: string): Promise<Response> =>
      ask(http, {
        method: 'POST',
        url: '/api/v1/users/ann/events',
        headers: { ...BACKEND, 'content-type': 'application/json' },
        payload,
      });
    expect((await post('{"__proto__":{"a":1}}')).json()).toMatchObject({ code: 400 });
    const deep = `{"a":${'['.repeat(40)}${']'.repeat(40)}}`;
    expect((await post(deep)).json()).toMatchObject({ code: 403, error: 'too_deep' });
  });

  test('a body over the limit is 413; a backend may send more than a user', async () => {
    const http = await startApp({}, { maxBodyBytes: 1000, maxBackendBodyBytes: 3000 });
    const text = 'x'.repeat(2000);
    const user = await ask(http, {
      method: 'POST',
      url: '/api/v1/conversations',
      headers: { authorization: `Bearer ${await parts.tokenOf('ann')}` },
      payload: { kind: 'group', title: text },
    });
    expect(user.statusCode).toBe(413);
    const backend = await ask(http, {
      method: 'POST',
      url: '/api/v1/users/ann/events',
      headers: BACKEND,
      payload: { text },
    });
    expect(backend.statusCode).toBe(202);
  });
});

describe('credentials', () => {
  test.each([
    ['none', {}, 'an API key is required'],
    ['a wrong key', { 'x-api-key': 'wrong' }, 'the API key is not known'],
    ['a forged token', { authorization: 'Bearer a.b.c' }, 'unauthorized'],
  ])('%s: refused before the body is looked at', async (_title, headers, detail) => {
    const http = await startApp();
    const response = await ask(http, {
      method: 'POST',
      url: '/api/v1/notifications',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: 'not json',
    });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json<{ detail: string }>().detail).toContain(detail);
  });

  test('a user is not a backend, unless its token says admin', async () => {
    const http = await startApp();
    const presence = async (token: string): Promise<number> => {
      const response = await ask(http, {
        method: 'POST',
        url: '/api/v1/users/presence',
        headers: { authorization: `Bearer ${token}` },
        payload: { users: ['ann'] },
      });
      return response.statusCode;
    };
    expect(await presence(await parts.tokenOf('ann'))).toBe(403);
    expect(await presence(await parts.tokenOf('root', { isAdmin: true }))).toBe(200);
  });

  test('a token in the URL opens nothing in the REST API', async () => {
    const http = await startApp();
    const token = await parts.tokenOf('ann');
    const response = await ask(http, { url: `/api/v1/me/notifications/counts?token=${token}` });
    expect(response.statusCode).toBe(401);
  });

  test('keys and tokens appear in no log line and no answer', async () => {
    const http = await startApp();
    const token = await parts.tokenOf('ann');
    const answers = await Promise.all([
      ask(http, { url: `/nothing?token=${token}` }),
      ask(http, { url: '/api/v1/me/notifications/counts', headers: { authorization: token } }),
      ask(http, { url: '/api/ws/stats', headers: { 'x-api-key': 'some-wrong-key' } }),
      ask(http, { url: '/api/ws/stats', headers: BACKEND }),
    ]);
    const seen = [...parts.log, ...answers.map(({ body }) => body)].join('\n');
    for (const secret of [token, 'some-wrong-key', IN_PROCESS_API_KEY]) {
      expect(seen).not.toContain(secret);
    }
  });
});

describe('the statistics of connections', () => {
  const url = '/api/ws/stats';

  test('need a key or an admin in production, even on this machine', async () => {
    const http = await startApp();
    expect((await ask(http, { url })).statusCode).toBe(401);
    expect((await ask(http, { url, headers: BACKEND })).json()).toEqual({
      total_users: 0,
      total_connections: 0,
      users: {},
    });
    const admin = `Bearer ${await parts.tokenOf('root', { isAdmin: true })}`;
    expect((await ask(http, { url, headers: { authorization: admin } })).statusCode).toBe(200);
  });

  test('in development they are open to this machine, and to nobody who pretends', async () => {
    const http = await startApp({}, { isProduction: false });
    expect((await ask(http, { url })).statusCode).toBe(200);
    expect((await ask(http, { url, remoteAddress: '192.0.2.7' })).statusCode).toBe(401);
    const forwarded = { url, headers: { 'x-forwarded-for': '127.0.0.1' } };
    expect((await ask(http, forwarded)).statusCode).toBe(401);
    const rebound = { url, headers: { host: 'evil.example.com' } };
    expect((await ask(http, rebound)).statusCode).toBe(401);
  });
});

test('how to connect is told to anybody', async () => {
  const response = await ask(await startApp(), { url: '/api/v1/client-settings' });
  expect(response.json()).toEqual({
    connection_timeout_ms: 20_000,
    heartbeat_interval_ms: 30_000,
    max_reconnect_attempts: 15,
    reconnect_min_ms: 2_000,
    reconnect_max_ms: 30_000,
  });
});

describe('the demo log-in', () => {
  const login = { method: 'POST', url: '/api/demo/login', payload: { name: 'ann' } } as const;

  test('does not exist unless it was given', async () => {
    expect((await ask(await startApp(), { ...login })).statusCode).toBe(404);
  });

  test('makes a token for this machine only', async () => {
    const http = await startApp({ demoLogin: async (name) => `token of ${name}` });
    expect((await ask(http, { ...login })).json()).toEqual({
      token: 'token of ann',
      user: 'ann',
    });
    expect((await ask(http, { ...login, remoteAddress: '192.0.2.7' })).statusCode).toBe(403);
    const nameless = await ask(http, { ...login, payload: { name: '' } });
    expect(nameless.json()).toMatchObject({ status: 400, code: 402 });
  });
});

describe('rate limit', () => {
  const limited = { rate: { count: 2, perMs: 60_000 } };

  test('one address gets so many, then 429 with a time to wait; a valid key is free of it', async () => {
    const http = await startApp({}, limited);
    const get = (headers: Record<string, string> = {}): Promise<Response> =>
      ask(http, { url: '/api/ws/stats', headers });
    const statuses = [(await get()).statusCode, (await get()).statusCode];
    const refused = await get();
    expect([...statuses, refused.statusCode]).toEqual([401, 401, 429]);
    expect(refused.json()).toMatchObject({ code: 111, retry: 'later' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await get(BACKEND)).statusCode).toBe(200);
    expect((await get({ 'x-api-key': 'guess' })).statusCode).toBe(429);
    expect((await ask(http, { url: '/health' })).statusCode).toBe(200);
  });

  test('behind a proxy the address it wrote counts, not what the client put before it', async () => {
    const http = await startApp({}, { ...limited, trustProxy: true });
    const from = async (forwarded: string): Promise<number> =>
      (await ask(http, { url: '/no', headers: { 'x-forwarded-for': forwarded } })).statusCode;
    const spoofed = ['1.1.1.1, 192.0.2.7', '2.2.2.2, 192.0.2.7', '3.3.3.3, 192.0.2.7'];
    const statuses: number[] = [];
    for (const forwarded of spoofed) statuses.push(await from(forwarded));
    expect(statuses).toEqual([404, 404, 429]);
    expect(await from('192.0.2.8')).toBe(404);
  });

  test('paths that do not exist count as well', async () => {
    const http = await startApp({}, limited);
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask(http, { url: '/no' })).statusCode);
    expect(statuses).toEqual([404, 404, 429]);
  });
});

describe('browsers', () => {
  const preflight = (origin: string): InjectOptions => ({
    method: 'OPTIONS',
    url: '/api/v1/conversations',
    headers: { origin, 'access-control-request-method': 'POST' },
  });

  test('an allowed origin may call, another is told nothing', async () => {
    const http = await startApp();
    const allowed = await ask(http, preflight('https://app.example.com'));
    expect(allowed.headers['access-control-allow-origin']).toBe('https://app.example.com');
    const foreign = await ask(http, preflight('https://evil.example.com'));
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('pages have a policy without inline code, answers may do nothing at all', async () => {
    const http = await startApp();
    const policyOf = async (url: string): Promise<string> =>
      String((await ask(http, { url })).headers['content-security-policy']);
    expect(await policyOf('/chat')).toContain("script-src 'self'; style-src 'self'");
    expect(await policyOf('/')).toContain("require-trusted-types-for 'script'");
    expect(await policyOf('/health')).toBe("default-src 'none'; frame-ancestors 'none'");
    for (const url of ['/', '/chat', '/docs']) {
      expect(await policyOf(url)).not.toContain('unsafe');
    }
  });

  test('files with a hash in their name are kept for ever, pages are asked for again', async () => {
    const http = await startApp();
    const cacheOf = async (url: string): Promise<unknown> =>
      (await ask(http, { url })).headers['cache-control'];
    expect(await cacheOf('/assets/chat-Bx12_-9a.js')).toContain('immutable');
    expect(await cacheOf('/chat')).toBe('no-cache');
    expect((await ask(http, { url: '/assets/../../test.db' })).statusCode).toBe(404);
    expect((await ask(http, { url: '/assets/%2e%2e%2f%2e%2e%2ftest.db' })).statusCode).toBe(404);
  });

  test('the API reader comes from this server alone', async () => {
    const http = await startApp();
    const page = await ask(http, { url: '/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    const document = await ask(http, { url: '/openapi.json' });
    expect(document.json()).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } });
  });
});

describe('operations', () => {
  test('ready names every part; a failing part and a drain are 503', async () => {
    const ready = await ask(await startApp(), { url: '/ready' });
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({ status: 'ready', checks: { store: { status: 'ok' } } });
    const broken = { name: 'store', check: () => Promise.reject(new Error('disk full')) };
    const failed = await ask(await startApp({ healthChecks: [broken] }), { url: '/ready' });
    expect(failed.statusCode).toBe(503);
    expect(failed.json()).toMatchObject({ checks: { store: { reason: 'disk full' } } });
    const draining = await ask(await startApp({ isDraining: () => true }), { url: '/ready' });
    expect(draining.statusCode).toBe(503);
    expect(draining.json()).toMatchObject({ status: 'draining' });
  });

  test('metrics count requests by route, not by URL', async () => {
    const http = await startApp();
    await ask(http, { url: '/api/v1/tasks/some-private-id', headers: BACKEND });
    const { body } = await ask(http, { url: '/metrics' });
    expect(body).toContain('route="/api/v1/tasks/:task_id",status="404"');
    expect(body).not.toContain('some-private-id');
    expect(body).toContain('carillon_ws_online_users 0');
  });

  test('a role serves only the groups it picks', async () => {
    const http = await startApp({ groups: ['ops'] });
    expect((await ask(http, { url: '/health' })).statusCode).toBe(200);
    expect((await ask(http, { url: '/docs' })).statusCode).toBe(404);
    expect((await ask(http, { url: '/api/ws/stats' })).statusCode).toBe(404);
  });
});

describe('behind the server of another application', () => {
  const listen = async (http: HttpApp): Promise<string> => {
    const host: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
      if (!http.handleRequest(request, response)) response.end('the application');
    });
    host.listen(0, '127.0.0.1');
    await once(host, 'listening');
    running.push(() => new Promise((resolve) => host.close(resolve)));
    const address = host.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  };

  test('our paths are answered, all others are left alone', async () => {
    const url = await listen(await startApp({ groups: ['ops', 'api'] }));
    const mine = await fetch(`${url}/api/v1/users/presence`, {
      method: 'POST',
      headers: { ...BACKEND, 'content-type': 'application/json' },
      body: '{"users":["ann"]}',
    });
    expect(await mine.json()).toMatchObject({ users: [{ user: 'ann' }] });
    expect(await (await fetch(`${url}/`)).text()).toBe('the application');
    expect(await (await fetch(`${url}/shop?path=/health`)).text()).toBe('the application');
  });
});
