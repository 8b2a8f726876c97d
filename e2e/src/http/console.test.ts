/** The operators' procedures, over HTTP, on a server with connections. */
import { startServer, type RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebhookReceiver } from '../../../packages/testkit/src/webhook-receiver.ts';
import { Clients, next } from '../native/native-server.ts';
import { apiClients, type ApiClients, type Call } from './api-client.ts';

const CONSOLE = '/api/v1/console';
const WEBHOOK_SECRET = 'a secret of the webhook receiver';
const PASSWORD = 'correct horse battery staple';

let server: RunningServer;
let webhook: Awaited<ReturnType<typeof startWebhookReceiver>>;
let api: ApiClients;
let admin: Call;
const clients = new Clients();

beforeAll(async () => {
  webhook = await startWebhookReceiver({ secret: WEBHOOK_SECRET });
  server = await startServer({
    env: {
      ADMIN_PASSWORD: PASSWORD,
      NOTIFICATION_PROVIDER: 'webhook',
      PUSH_WEBHOOK_URL: webhook.url,
      PUSH_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PUSH_WEBHOOK_ALLOW_PRIVATE: 'true',
      PUSH_MAX_ATTEMPTS: '1',
    },
  });
  api = apiClients(server);
  admin = await api.as('root', { admin: true });
});

afterAll(async () => {
  clients.close();
  await server.stop();
  await webhook.close();
});

const connect = async (user: string) =>
  clients.connect(server.wsUrl, { token: await server.token(user) });

const itemsOf = (body: Readonly<Record<string, unknown>>, name: string) =>
  body[name] as readonly Readonly<Record<string, unknown>>[];

describe('who may', () => {
  const ROUTES = [
    ['GET', '/overview'],
    ['GET', '/users'],
    ['GET', '/channels'],
    ['GET', '/channel?channel=user:ann'],
    ['POST', '/notify'],
    ['GET', '/tasks'],
    ['GET', '/tasks/t1'],
    ['POST', '/tasks/t1/cancel'],
    ['GET', '/pushes'],
    ['POST', '/pushes/resend'],
    ['POST', '/pushes/discard'],
    ['GET', '/configuration'],
  ] as const;

  test.each(ROUTES)('%s %s is for operators only', async (method, path) => {
    const ann = await api.as('ann');
    const body = method === 'GET' ? undefined : {};
    expect(await ann(method, CONSOLE + path, body)).toMatchObject({ status: 403 });
    expect(await api.nobody(method, CONSOLE + path, body)).toMatchObject({ status: 401 });
    expect((await admin(method, CONSOLE + path, body)).status).not.toBe(403);
  });

  test('the password opens it for a while, an API key always', async () => {
    const login = await api.nobody('POST', `${CONSOLE}/login`, { password: PASSWORD });
    expect(login.status).toBe(200);
    const headers = { authorization: `Bearer ${String(login.body['token'])}` };
    const overview = await fetch(`${server.url}${CONSOLE}/overview`, { headers });
    expect(overview.status).toBe(200);
    expect((await api.backend('GET', `${CONSOLE}/overview`)).status).toBe(200);
    // It speaks for the operator, not for a user.
    const inbox = await fetch(`${server.url}/api/v1/me/notifications`, { headers });
    expect(inbox.status).toBe(403);
  });

  test('a demo token opens it only where there is no password', async () => {
    const body = { name: 'ann', admin: true };
    expect(await api.nobody('POST', '/api/demo/login', body)).toMatchObject({ status: 403 });
    const open = await startServer();
    try {
      const anybody = apiClients(open).nobody;
      const { body: given } = await anybody('POST', '/api/demo/login', body);
      const headers = { authorization: `Bearer ${String(given['token'])}` };
      const overview = await fetch(`${open.url}${CONSOLE}/overview`, { headers });
      expect(overview.status).toBe(200);
      const { body: plain } = await anybody('POST', '/api/demo/login', { name: 'ann' });
      const modest = { authorization: `Bearer ${String(plain['token'])}` };
      const refused = await fetch(`${open.url}${CONSOLE}/overview`, { headers: modest });
      expect(refused.status).toBe(403);
    } finally {
      await open.stop();
    }
  });
});

describe('what is going on', () => {
  test('figures by the second, with the node and the devices', async () => {
    await connect('ann');
    const seen = async () => {
      const { body } = await admin('GET', `${CONSOLE}/overview`);
      const series = body['series'] as Readonly<Record<string, readonly number[]>>;
      return { body, series };
    };
    await expect.poll(async () => (await seen()).series['connections']?.at(-1)).toBe(1);
    const { body, series } = await seen();
    expect(series['users']?.at(-1)).toBe(1);
    expect(new Set(Object.values(series).map(({ length }) => length)).size).toBe(1);
    expect(itemsOf(body, 'nodes')).toMatchObject([{ kind: 'combined', connections: 1, users: 1 }]);
    const devices = body['devices'] as Readonly<Record<string, number>>;
    expect(Object.values(devices).reduce((sum, count) => sum + count, 0)).toBe(1);
    const since = series['at']?.at(-2) ?? 0;
    const { body: newer } = await admin('GET', `${CONSOLE}/overview?since=${since}`);
    const newest = newer['series'] as Readonly<Record<string, readonly number[]>>;
    expect(Math.min(...(newest['at'] ?? []))).toBeGreaterThan(since);
    const { body: none } = await admin('GET', `${CONSOLE}/overview?node=nobody`);
    expect(none['series']).toMatchObject({ at: [], connections: [] });
  });

  test('users come by name, page by page, and can be looked for', async () => {
    for (const user of ['bob', 'bob', 'bea']) await connect(user);
    const { body } = await admin('GET', `${CONSOLE}/users?prefix=b&limit=1`);
    expect(itemsOf(body, 'users')).toMatchObject([{ user: 'bea', connections: 1 }]);
    const cursor = String(body['next']);
    const { body: rest } = await admin('GET', `${CONSOLE}/users?prefix=b&limit=1&cursor=${cursor}`);
    expect(itemsOf(rest, 'users')).toMatchObject([
      {
        user: 'bob',
        connections: 2,
        devices: [
          { transport: 'websocket', protocol: 'native' },
          { transport: 'websocket', protocol: 'native' },
        ],
      },
    ]);
    expect(rest).not.toHaveProperty('next');
  });

  test('channels with their connections; one of them with people and publications', async () => {
    await api.backend('POST', '/api/publish', { channel: 'room:lobby', data: { n: 1 } });
    const carl = await connect('carl');
    const lobby = carl.newSubscription('room:lobby');
    const subscribed = next(lobby, 'subscribed');
    lobby.subscribe();
    await subscribed;
    const { body } = await admin('GET', `${CONSOLE}/channels?pattern=room:*`);
    expect(body).toEqual({ channels: [{ channel: 'room:lobby', subscribers: 1 }] });
    const { body: detail } = await admin('GET', `${CONSOLE}/channel?channel=room:lobby`);
    expect(detail).toMatchObject({
      subscribers: 1,
      presence: { connections: 1, clients: [{ user: 'carl' }] },
      history: { publications: [{ data: { n: 1 } }] },
    });
    expect(await admin('GET', `${CONSOLE}/channel?channel=nowhere:1`)).toMatchObject({
      status: 404,
      body: { code: 102 },
    });
  });

  test('the configuration has every setting, and no secret', async () => {
    const { body } = await admin('GET', `${CONSOLE}/configuration`);
    expect(body).toMatchObject({ kind: 'combined', engine: 'memory', store: 'SQLite' });
    const settings = new Map(itemsOf(body, 'settings').map((each) => [each['name'], each]));
    const hidden = { is_secret: true, is_set: true };
    expect(settings.get('ADMIN_PASSWORD')).toMatchObject(hidden);
    expect(settings.get('API_KEY')).not.toHaveProperty('value');
    expect(settings.get('PUSH_MAX_ATTEMPTS')).toMatchObject({ value: '1', is_default: false });
    const text = JSON.stringify(body);
    for (const secret of [PASSWORD, WEBHOOK_SECRET, server.apiKey]) {
      expect(text).not.toContain(secret);
    }
  });
});

async function ended(id: unknown) {
  const path = `${CONSOLE}/tasks/${String(id)}`;
  await expect.poll(async () => (await admin('GET', path)).body['status']).not.toBe('running');
  return (await admin('GET', path)).body;
}

describe('notices to many', () => {
  test('all who are connected have it, and the task says how many', async () => {
    const dora = await connect('dora');
    const arrived = next<{ data: unknown }>(dora, 'publication');
    const notice = { audience: 'online', title: 'Down at ten' };
    const { status, body } = await admin('POST', `${CONSOLE}/notify`, notice);
    expect(status).toBe(202);
    expect(body).toMatchObject({ owner: 'root', title: 'Down at ten' });
    const { body: tasks } = await admin('GET', `${CONSOLE}/tasks`);
    expect(itemsOf(tasks, 'tasks')[0]).toMatchObject({ id: body['id'] });
    expect(await ended(body['id'])).toMatchObject({ status: 'completed', progress: 100 });
    expect((await arrived).data).toMatchObject({ type: expect.any(String) });
    const inbox = await (await api.as('dora'))('GET', '/api/v1/me/notifications');
    expect(itemsOf(inbox.body, 'notifications')).toMatchObject([{ title: 'Down at ten' }]);
  });

  test('names belong to an audience by name, and only to it', async () => {
    for (const body of [
      { audience: 'users', title: 'x' },
      { audience: 'online', users: ['ann'], title: 'x' },
    ]) {
      expect(await admin('POST', `${CONSOLE}/notify`, body)).toMatchObject({ status: 400 });
    }
  });
});

describe('tasks', () => {
  test('an operator sees everybody’s and may ask them to stop', async () => {
    await api.backend('POST', '/api/v1/tasks/import-1/start', { owner: 'ann' });
    await api.backend('POST', '/api/v1/tasks/import-2/start', { owner: 'ben' });
    await api.backend('POST', '/api/v1/tasks/import-2/fail', { message: 'no' });
    const { body } = await admin('GET', `${CONSOLE}/tasks?status=failed`);
    expect(itemsOf(body, 'tasks')).toMatchObject([{ id: 'import-2', owner: 'ben' }]);
    expect(await admin('POST', `${CONSOLE}/tasks/import-1/cancel`)).toMatchObject({
      status: 200,
      body: { is_cancel_requested: true },
    });
    expect(await admin('POST', `${CONSOLE}/tasks/import-2/cancel`)).toMatchObject({ status: 409 });
  });
});

describe('failed pushes', () => {
  const failed = async () => itemsOf((await admin('GET', `${CONSOLE}/pushes`)).body, 'pushes');

  test('one that was given up is listed with the reason, and goes out when it is sent again', async () => {
    webhook.behave({ status: 500 });
    await api.backend('POST', '/api/v1/notifications', { users: ['far', 'off'], title: 'Hello' });
    await expect.poll(async () => (await failed()).length).toBe(2);
    const [push, other] = await failed();
    expect(push).toMatchObject({ kind: 'notification', users_count: 1, attempts: 1 });
    expect(String(push?.['reason'])).toContain('500');

    webhook.behave('accept');
    const again = await admin('POST', `${CONSOLE}/pushes/resend`, { ids: [push?.['id']] });
    expect(again).toMatchObject({ status: 200, body: { resent: 1 } });
    await webhook.waitForAccepted(1);
    expect(webhook.accepted[0]).toMatchObject({ title: 'Hello' });
    expect((await failed()).map(({ id }) => id)).toEqual([other?.['id']]);

    await admin('POST', `${CONSOLE}/pushes/discard`, { ids: [other?.['id']] });
    expect(await failed()).toEqual([]);
    expect(await admin('POST', `${CONSOLE}/pushes/resend`, { ids: 'all' })).toMatchObject({
      body: { resent: 0 },
    });
  });
});
