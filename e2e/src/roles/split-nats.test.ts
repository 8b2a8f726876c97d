/** The split kinds on NATS instead of Redis: the same installation, another engine. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type NatsServer, startNats } from '../../../packages/testkit/src/servers/nats-server.ts';
import {
  type PostgresServer,
  startPostgres,
} from '../../../packages/testkit/src/servers/postgres-server.ts';
import { apiClients, type ApiClients } from '../http/api-client.ts';
import { Clients, Collected, next, subscribed } from '../native/native-server.ts';
import { PlainClient } from '../plain/plain-client.ts';
import { type Kinds, startKinds } from './split.ts';

let nats: NatsServer;
let postgres: PostgresServer;
let kinds: Kinds;
let api: ApiClients;
const natives = new Clients();

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  kinds = await startKinds({
    NATS_URL: nats.url,
    DATABASE_URL: postgres.url,
    WS_MAX_CONNECTIONS_PER_USER: '2',
  });
  api = apiClients(kinds.http);
}, 60_000);

afterEach(() => {
  natives.close();
});

afterAll(async () => {
  await kinds.stop();
  await Promise.all([nats.stop(), postgres.stop()]);
}, 60_000);

async function plain(user: string, query = ''): Promise<PlainClient> {
  const { wsUrl } = kinds.websocket;
  const credential = query === '' ? `token=${await kinds.websocket.token(user)}` : query;
  return PlainClient.open(`${wsUrl}/api/ws/notifications?${credential}`);
}

test('events, notifications and tickets of the HTTP process arrive at the other', async () => {
  expect(await (await fetch(`${kinds.http.url}/ready`)).json()).toMatchObject({
    status: 'ready',
    checks: { nats: { status: 'ok' } },
  });
  const ann = await api.as('ann');
  const { body } = await ann('POST', '/api/v1/tickets', {});
  const socket = await plain('ann', `ticket=${String(body['ticket'])}`);
  await socket.nextOf('connected');
  await api.backend('POST', '/api/v1/users/ann/events', { type: 'cart_updated', items: 3 });
  expect(await socket.nextOf('cart_updated')).toEqual({ type: 'cart_updated', items: 3 });
  await api.backend('POST', '/api/v1/notifications', { users: ['ann'], title: 'Shipped' });
  expect(await socket.nextOf('notification')).toMatchObject({ data: { title: 'Shipped' } });
  const second = await plain('ann');
  await second.nextOf('connected');
  const third = await plain('ann');
  expect(await third.closed).toEqual({ code: 1008, reason: 'Too many connections' });
  await vi.waitFor(async () => {
    const stats = await api.backend('GET', '/api/ws/stats');
    expect(stats.body).toEqual({ total_users: 1, total_connections: 2, users: { ann: 2 } });
  }, 5_000);
  await Promise.all([socket.close(), second.close()]);
});

test('a chat goes on over both, survives a restart of NATS, and orders reach the other process', async () => {
  const ben = await api.as('ben');
  const { body } = await ben('POST', '/api/v1/conversations', {
    kind: 'group',
    members: ['ben', 'cleo'],
  });
  const { id } = (body['conversation'] ?? body) as { id: string };
  const cleo = await natives.connect(kinds.websocket.wsUrl, {
    getToken: () => kinds.websocket.token('cleo'),
  });
  const subscription = await subscribed(cleo, `chat:${id}`);
  const collected = new Collected(subscription);
  const contents = (): unknown[] =>
    (collected.data as { type: string; data?: { content: string } }[])
      .filter(({ type }) => type === 'message')
      .map(({ data }) => data?.content);
  const send = (content: string) =>
    ben('POST', `/api/v1/conversations/${id}/messages`, { content });
  await send('hello');
  await cleo.rpc('chat.send', { conversation_id: id, content: 'hi' });
  await vi.waitFor(() => expect(contents()).toEqual(['hello', 'hi']), 5_000);

  await nats.restart();
  expect((await send('after')).status).toBe(201);
  await vi.waitFor(() => expect(contents()).toContain('after'), 10_000);

  const { body: info } = await api.backend('POST', '/api/info', {});
  expect((info['result'] as { nodes: object[] }).nodes).toHaveLength(3);
  const gone = next<{ code: number }>(cleo, 'disconnected');
  const disconnect = { code: 4500, reason: 'enough' };
  await api.backend('POST', '/api/disconnect', { user: 'cleo', disconnect });
  expect(await gone).toMatchObject({ code: 4500 });
});
