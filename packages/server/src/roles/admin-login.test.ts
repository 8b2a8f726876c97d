import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { startParts, type InProcessParts } from '../../../testkit/src/in-process-parts.ts';
import { createHttpApp, type HttpApp } from '../http/http-app.ts';
import { adminLoginOf } from './admin-login-of.ts';

const PASSWORD = 'Käse, Brot: und Wein';
const STATS = '/api/ws/stats';

let parts: InProcessParts;
const clock = createFakeClock();
const running: HttpApp[] = [];

beforeAll(async () => {
  parts = await startParts();
});

afterEach(async () => {
  for (const { app } of running.splice(0)) await app.close();
});

afterAll(async () => {
  await parts.close();
});

const startApp = async (settings: { password?: string } = { password: PASSWORD }) => {
  const adminLogin = adminLoginOf(settings.password, { clock, logger: parts.deps.logger });
  const http = await createHttpApp({
    ...parts.deps,
    ...(adminLogin === undefined ? {} : { adminLogin }),
  });
  await http.app.ready();
  running.push(http);
  return http;
};

const basic = (password: string, name = 'admin'): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

const ask = (
  { app }: HttpApp,
  authorization: string,
  { remoteAddress = '192.0.2.1', headers = {} } = {},
) => app.inject({ url: STATS, remoteAddress, headers: { authorization, ...headers } });

describe('the admin password', () => {
  it('opens the statistics under any user name', async () => {
    const http = await startApp();
    expect((await ask(http, basic(PASSWORD))).statusCode).toBe(200);
    expect((await ask(http, basic(PASSWORD, ''))).statusCode).toBe(200);
    expect((await ask(http, basic(PASSWORD).replace('Basic', 'basic'))).statusCode).toBe(200);
  });

  it('opens what an API key opens, and speaks for no user', async () => {
    const { app } = await startApp();
    const headers = { authorization: basic(PASSWORD) };
    const presence = await app.inject({
      method: 'POST',
      url: '/api/v1/users/presence',
      headers,
      payload: { users: ['ann'] },
    });
    expect(presence.statusCode).toBe(200);
    const mine = await app.inject({ url: '/api/v1/me/notifications', headers });
    expect(mine.statusCode).toBe(403);
  });

  it.each([
    ['a wrong password', basic('guess')],
    ['an empty password', basic('')],
    ['a part of it', basic(PASSWORD.slice(0, -1))],
    ['no colon', `Basic ${Buffer.from('admin').toString('base64')}`],
    ['no base64', 'Basic ***'],
    ['nothing', 'Basic'],
  ])('%s is 401 and asks for it', async (_title, authorization) => {
    const response = await ask(await startApp(), authorization);
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toEqual([
      'Bearer',
      'Basic realm="Carillon", charset="UTF-8"',
    ]);
  });

  it('that is not set opens nothing and is not asked for', async () => {
    const response = await ask(await startApp({}), basic(''));
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });

  it('is not asked for where no browser user looks', async () => {
    const { app } = await startApp();
    const response = await app.inject({ url: '/api/v1/me/notifications' });
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });

  it('is of no use to pages of other sites', async () => {
    const http = await startApp();
    const from = async (origin: string) =>
      (await ask(http, basic(PASSWORD), { headers: { origin, host: 'chat.example.com' } }))
        .statusCode;
    expect(await from('https://chat.example.com')).toBe(200);
    expect(await from('https://evil.example.com')).toBe(403);
    expect(await from('null')).toBe(403);
  });
});

describe('wrong passwords', () => {
  it('ten of an address make it wait, with the right one too; others are let in', async () => {
    const http = await startApp();
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await ask(http, basic(`guess ${guess}`))).statusCode).toBe(401);
    }
    for (const password of ['guess', PASSWORD]) {
      const refused = await ask(http, basic(password));
      expect(refused.statusCode).toBe(429);
      expect(refused.headers['retry-after']).toBe('30');
    }
    expect((await ask(http, basic(PASSWORD), { remoteAddress: '192.0.2.2' })).statusCode).toBe(200);
    await clock.advance(30_000);
    expect((await ask(http, basic(PASSWORD))).statusCode).toBe(200);
  });

  it('of one IPv6 network count together', async () => {
    const http = await startApp();
    for (let guess = 0; guess < 10; guess += 1) {
      await ask(http, basic('guess'), { remoteAddress: `2001:db8:1:1::${guess + 1}` });
    }
    const from = async (remoteAddress: string) =>
      (await ask(http, basic(PASSWORD), { remoteAddress })).statusCode;
    expect(await from('2001:db8:1:1::ffff')).toBe(429);
    expect(await from('2001:db8:1:2::1')).toBe(200);
  });

  it('right ones cost nothing', async () => {
    const http = await startApp();
    for (let time = 0; time < 30; time += 1) {
      expect((await ask(http, basic(PASSWORD))).statusCode).toBe(200);
    }
  });

  it('are logged with the address, never with what was presented', async () => {
    const http = await startApp();
    parts.log.length = 0;
    await ask(http, basic('secret guess', 'secret name'), { remoteAddress: '192.0.2.9' });
    const lines = parts.log.filter((line) => line.includes('admin log-in failed'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('192.0.2.9');
    const encoded = basic('secret guess', 'secret name').slice('Basic '.length);
    for (const secret of ['secret guess', 'secret name', encoded]) {
      expect(parts.log.join()).not.toContain(secret);
    }
  });
});

describe('the console', () => {
  const LOGIN = '/api/v1/console/login';
  const logIn = ({ app }: HttpApp, payload: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: LOGIN, payload, headers });

  it('takes the password from its own form and gives a token, which the admin routes take', async () => {
    const http = await startApp();
    const logged = await logIn(http, { password: PASSWORD });
    expect(logged.statusCode).toBe(200);
    expect(logged.headers['cache-control']).toBe('no-store');
    const { token, expires_at: expiresAt }: { token: string; expires_at: string } = logged.json();
    expect(Date.parse(expiresAt)).toBeGreaterThan(clock.now());
    const authorization = `Bearer ${token}`;
    const stats = await http.app.inject({ url: STATS, headers: { authorization } });
    expect(stats.statusCode).toBe(200);
    const renewed = await logIn(http, {}, { authorization });
    expect(renewed.statusCode).toBe(200);
    expect((await logIn(http, {}, { authorization: 'Bearer console.a.b.c' })).statusCode).toBe(401);
  });

  it('counts wrong passwords together with those of HTTP Basic', async () => {
    const http = await startApp();
    for (let tries = 0; tries < 10; tries += 1) {
      const refused = await logIn(http, { password: `wrong ${tries}` });
      expect(refused.statusCode).toBe(401);
    }
    const late = await logIn(http, { password: PASSWORD });
    expect(late.statusCode).toBe(429);
    expect(late.headers['retry-after']).toBe('30');
    const headers = { authorization: basic(PASSWORD) };
    expect((await http.app.inject({ url: STATS, headers })).statusCode).toBe(429);
  });

  it('says whether there is a password; without one nobody logs in with it', async () => {
    const http = await startApp({});
    expect((await http.app.inject({ url: LOGIN })).json()).toEqual({ password: false });
    expect((await logIn(http, { password: PASSWORD })).statusCode).toBe(404);
    const guarded = await startApp();
    expect((await guarded.app.inject({ url: LOGIN })).json()).toEqual({ password: true });
  });

  it('takes no password from a page of another site, and none in a wrong form', async () => {
    const http = await startApp();
    const origin = 'https://evil.example';
    expect((await logIn(http, { password: PASSWORD }, { origin })).statusCode).toBe(403);
    expect((await logIn(http, { password: 7 })).statusCode).toBe(400);
    expect((await logIn(http, { password: 'x', more: true })).statusCode).toBe(400);
  });
});
