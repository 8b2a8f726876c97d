import { startServer, type RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlainClient } from '../plain/plain-client.ts';
import { apiClients, type ApiClients, type Call } from './api-client.ts';

let server: RunningServer;
let api: ApiClients;

beforeAll(async () => {
  server = await startServer();
  api = apiClients(server);
});

afterAll(async () => {
  await server.stop();
});

const openGroup = async (members: readonly string[]): Promise<string> => {
  const opened = await api.backend('POST', '/api/v1/conversations', { kind: 'group', members });
  expect(opened.status).toBe(201);
  return String(opened.body['id']);
};

describe('messages', () => {
  let ann: Call;
  let id: string;

  beforeAll(async () => {
    ann = await api.as('ann');
    id = await openGroup(['ann', 'ben']);
  });

  test('201 with id and seq; the same clientId again is 200 with the first result', async () => {
    const url = `/api/v1/conversations/${id}/messages`;
    const first = await ann('POST', url, { clientId: 'c-1', content: 'hello', kind: 'text' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ id: expect.any(String), seq: 1, sender: 'ann' });
    const again = await ann('POST', url, { clientId: 'c-1', content: 'hello', kind: 'text' });
    expect(again).toMatchObject({ status: 200, body: first.body });
    const page = await ann('GET', `${url}?after=0&limit=10`);
    expect(page.body).toEqual({
      messages: [
        {
          id: first.body['id'],
          conversation_id: id,
          seq: 1,
          sender: 'ann',
          client_id: 'c-1',
          kind: 'text',
          content: 'hello',
          rev: expect.any(Number),
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        },
      ],
      has_more: false,
    });
  });

  test('a backend sends for the sender it names', async () => {
    const sent = await api.backend('POST', `/api/v1/conversations/${id}/messages`, {
      clientId: 'b-1',
      content: 'from the shop',
      sender: 'ben',
    });
    expect(sent).toMatchObject({ status: 201, body: { sender: 'ben', seq: 2 } });
  });

  test.each(['/api/chat', '/chat'])('POST %s/{id}/send is {status, message_id}', async (base) => {
    const sent = await ann('POST', `${base}/${id}/send`, { message: 'hello' });
    expect(sent.status).toBe(200);
    expect(sent.body).toEqual({ status: 'sent', message_id: expect.any(String) });
  });

  test('a stranger gets a problem with the code of the table', async () => {
    const eve = await api.as('eve');
    const refused = await eve('GET', `/api/v1/conversations/${id}/messages`);
    expect(refused.type).toContain('application/problem+json');
    expect([403, 404]).toContain(refused.status);
    expect(refused.body).toMatchObject({
      type: expect.stringContaining('urn:carillon:error:'),
      title: expect.any(String),
      status: refused.status,
      detail: expect.any(String),
      code: expect.any(Number),
    });
  });
});

describe('notifications and tasks reach who waits for them', () => {
  test('a notification is 202 {id, accepted}, and arrives at once', async () => {
    const token = await server.token('nia');
    const client = await PlainClient.open(`${server.wsUrl}/api/ws/notifications?token=${token}`);
    expect(await client.nextJson()).toMatchObject({ type: 'connected' });
    const accepted = await api.backend('POST', '/api/v1/notifications', {
      users: ['nia'],
      title: 'Order shipped',
      content: 'On Friday',
      type: 'info',
      link: '/orders/7',
      source: 'shop',
    });
    expect(accepted.status).toBe(202);
    expect(accepted.body).toEqual({ id: expect.any(String), accepted: 1 });
    expect(await client.nextJson()).toMatchObject({
      type: 'notification',
      data: { id: accepted.body['id'], title: 'Order shipped', link: '/orders/7' },
    });
    await client.close();
  });

  test('a task is started, moved and completed', async () => {
    const start = { owner: 'tim', title: 'Import', total_steps: 4 };
    expect((await api.backend('POST', '/api/v1/tasks/t1/start', start)).status).toBe(201);
    expect((await api.backend('POST', '/api/v1/tasks/t1/start', start)).status).toBe(200);
    const token = await server.token('tim');
    const client = await PlainClient.open(`${server.wsUrl}/api/ws/tasks/t1?token=${token}`);
    expect(await client.nextJson()).toMatchObject({ type: 'connected' });
    expect(await client.nextJson()).toMatchObject({ type: 'progress', data: { step: 0 } });
    const step = { message: 'Reading', step: 2, total_steps: 4, progress: 50 };
    expect((await api.backend('POST', '/api/v1/tasks/t1/progress', step)).status).toBe(200);
    expect(await client.nextJson()).toMatchObject({ type: 'progress', data: step });
    const done = await api.backend('POST', '/api/v1/tasks/t1/complete', { result: { rows: 3 } });
    expect(done).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(await client.nextJson()).toMatchObject({ type: 'completed' });
    expect(await client.closed).toMatchObject({ code: 1000 });
  });
});

describe('an event of the application', () => {
  test('arrives unchanged at all plain sockets of the user', async () => {
    const token = await server.token('una');
    const echo = await PlainClient.open(`${server.wsUrl}/ws/una?token=${token}`);
    const bell = await PlainClient.open(`${server.wsUrl}/api/ws/notifications?token=${token}`);
    await bell.nextJson();
    const event = { type: 'cart_updated', cart: { items: [{ sku: 'a-1', count: 2 }], total: 9.5 } };
    const accepted = await api.backend('POST', '/api/v1/users/una/events', event);
    expect(accepted.status).toBe(202);
    expect(await echo.next()).toBe(JSON.stringify(event));
    expect(await bell.next()).toBe(JSON.stringify(event));
    await Promise.all([echo.close(), bell.close()]);
  });

  test('is published in the channel of the user', async () => {
    const event = { type: 'order_created', id: 7 };
    await api.backend('POST', '/api/v1/users/ulf/events', event);
    const page = await api.backend('POST', '/api/history', { channel: 'user:ulf', limit: -1 });
    expect(page.body).toMatchObject({ result: { publications: [{ data: event }] } });
  });
});

describe('users who are here', () => {
  test('are seen by presence and devices, and sent away by disconnect', async () => {
    const token = await server.token('pat');
    const client = await PlainClient.open(`${server.wsUrl}/ws/pat?token=${token}`, {
      headers: {
        'user-agent':
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      },
    });
    client.send('ready');
    await client.next();
    const presence = await api.backend('POST', '/api/v1/users/presence', { users: ['pat', 'no'] });
    expect(presence.body).toEqual({
      users: [
        { user: 'pat', online: true, connections: 1 },
        { user: 'no', online: false, connections: 0 },
      ],
    });
    const device = { connection_id: expect.any(String), device_type: 'mobile' };
    for (const path of ['/api/v1/users/pat/devices', '/api/v1/broadcast/device-info/pat']) {
      const found = await api.backend('GET', path);
      expect(found.body).toMatchObject({ devices: [device] });
    }
    await api.backend('POST', '/api/v1/users/pat/disconnect', {});
    await client.closed;
    const gone = await api.backend('POST', '/api/v1/users/presence', { users: ['pat'] });
    expect(gone.body).toMatchObject({ users: [{ online: false }] });
  });

  test('a ticket opens one connection', async () => {
    const issued = await (await api.as('tia'))('POST', '/api/v1/tickets');
    expect(issued.status).toBe(201);
    const url = `${server.wsUrl}/api/ws/notifications?ticket=${String(issued.body['ticket'])}`;
    const first = await PlainClient.open(url);
    expect(await first.nextJson()).toMatchObject({ type: 'connected' });
    const second = await PlainClient.open(url);
    expect(await second.closed).toMatchObject({ code: 1008 });
    await first.close();
  });
});
