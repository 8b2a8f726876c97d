import { startServer, type RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PlainClient } from '../plain/plain-client.ts';
import { apiClients, type ApiClients } from './api-client.ts';

let server: RunningServer;
let api: ApiClients;

beforeAll(async () => {
  server = await startServer();
  api = apiClients(server);
});

afterAll(async () => {
  await server.stop();
});

test('health, and ready with every part by name', async () => {
  expect(await api.nobody('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  const ready = await api.nobody('GET', '/ready');
  expect(ready).toMatchObject({
    status: 200,
    body: { status: 'ready', checks: { store: { status: 'ok' }, broker: { status: 'ok' } } },
  });
});

test('metrics keep HTTP and WebSocket apart, and count what happened', async () => {
  const token = await server.token('max');
  const client = await PlainClient.open(`${server.wsUrl}/ws/max?token=${token}`);
  client.send('one');
  await client.next();
  await api.backend('POST', '/api/v1/notifications', { users: ['moe'], title: 'for who is away' });
  const expected = [
    /^carillon_ws_connections 1$/m,
    /^carillon_ws_online_users 1$/m,
    /^carillon_http_requests_total\{.*route="\/api\/v1\/notifications".*\} 1$/m,
    /^carillon_broadcast_seconds_count\{.*\} \d+$/m,
    /^carillon_push_total\{provider="logging",result="delivered"\} 1$/m,
    /^carillon_process_cpu_seconds_total \d/m,
  ];
  // The push leaves after the notification was answered.
  await vi.waitFor(async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    for (const line of expected) expect(text).toMatch(line);
  }, 5000);
  await client.close();
});

test('stats count users and connections', async () => {
  const token = await server.token('sam');
  const url = `${server.wsUrl}/ws/sam?token=${token}`;
  const clients = [await PlainClient.open(url), await PlainClient.open(url)];
  for (const client of clients) client.send('here');
  await clients[0]?.next();
  await clients[1]?.next();
  const stats = await api.backend('GET', '/api/ws/stats');
  expect(stats).toMatchObject({
    status: 200,
    body: { total_users: 1, total_connections: 2, users: { sam: 2 } },
  });
  await Promise.all(clients.map((client) => client.close()));
});

describe('in production', () => {
  let production: RunningServer;

  beforeAll(async () => {
    production = await startServer({ env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
  });

  afterAll(async () => {
    await production.stop();
  });

  test('stats need a key, and there is no demo log-in', async () => {
    const clients = apiClients(production);
    expect((await clients.nobody('GET', '/api/ws/stats')).status).toBe(401);
    expect((await clients.backend('GET', '/api/ws/stats')).status).toBe(200);
    const login = await clients.nobody('POST', '/api/demo/login', { name: 'ann' });
    expect(login.status).toBe(404);
  });

  test('tokens and keys stand in no log line', async () => {
    const token = await production.token('ann');
    await fetch(`${production.url}/nothing?token=${token}`, {
      headers: { 'x-api-key': production.apiKey },
    });
    await fetch(`${production.url}/api/v1/tasks`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(production.output()).not.toContain(token);
    expect(production.output()).not.toContain(production.apiKey);
  });
});
