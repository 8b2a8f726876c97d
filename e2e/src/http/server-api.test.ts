import { startServer, type RunningServer } from '@carillon/testkit';
import { Centrifuge, type PublicationContext, type Subscription } from 'centrifuge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { apiClients, type ApiClients } from './api-client.ts';

let server: RunningServer;
let api: ApiClients;
const clients: Centrifuge[] = [];

beforeAll(async () => {
  server = await startServer();
  api = apiClients(server);
});

afterAll(async () => {
  for (const client of clients) client.disconnect();
  await server.stop();
});

const published = (subscription: Subscription): Promise<PublicationContext> =>
  new Promise((resolve) => subscription.once('publication', resolve));

const told = (
  client: Centrifuge,
  event: 'subscribed' | 'unsubscribed' | 'disconnected',
): Promise<object> => new Promise((resolve) => client.once(event, resolve));

const connect = async (user: string): Promise<Centrifuge> => {
  const client = new Centrifuge(`${server.wsUrl}/connection/websocket`, {
    token: await server.token(user),
    websocket: WebSocket,
  });
  clients.push(client);
  client.connect();
  await client.ready();
  return client;
};

test('what the API publishes arrives at the subscriber, with its offset and tags', async () => {
  const client = await connect('ann');
  const subscription = client.newSubscription('room:news');
  const arrived = published(subscription);
  subscription.subscribe();
  await subscription.ready();
  const answer = await api.backend('POST', '/api/publish', {
    channel: 'room:news',
    data: { text: 'hello' },
    tags: { from: 'test' },
  });
  expect(answer.body).toMatchObject({ result: { offset: 1 } });
  expect(await arrived).toMatchObject({
    data: { text: 'hello' },
    offset: 1,
    tags: { from: 'test' },
  });
  const presence = await api.backend('POST', '/api/presence', { channel: 'room:news' });
  const { result } = presence.body as { result: { presence: Record<string, object> } };
  expect(Object.values(result.presence)).toMatchObject([{ user: 'ann' }]);
  const channels = await api.backend('POST', '/api/channels', { pattern: 'room:*' });
  expect(channels.body).toEqual({ result: { channels: { 'room:news': { num_clients: 1 } } } });
  const info = await api.backend('POST', '/api/info');
  expect(info.body).toMatchObject({ result: { nodes: [{ num_clients: 1, num_users: 1 }] } });
});

test('the API subscribes, unsubscribes and disconnects a user', async () => {
  const client = await connect('ben');
  const subscribed = told(client, 'subscribed');
  await api.backend('POST', '/api/subscribe', { user: 'ben', channel: 'room:forced' });
  expect(await subscribed).toMatchObject({ channel: 'room:forced' });
  const unsubscribed = told(client, 'unsubscribed');
  await api.backend('POST', '/api/unsubscribe', { user: 'ben', channel: 'room:forced' });
  expect(await unsubscribed).toMatchObject({ channel: 'room:forced' });
  const disconnected = told(client, 'disconnected');
  await api.backend('POST', '/api/disconnect', {
    user: 'ben',
    disconnect: { code: 3503, reason: 'bye' },
  });
  expect(await disconnected).toMatchObject({ code: 3503, reason: 'bye' });
});

test('a batch is answered command by command', async () => {
  const commands = [
    { publish: { channel: 'room:batch', data: 1 } },
    { presence_stats: { channel: 'room:batch' } },
    { publish: { channel: 'nowhere:batch', data: 1 } },
  ];
  const answer = await api.backend('POST', '/api/batch', { commands });
  expect(answer.body).toMatchObject({
    result: {
      replies: [
        { publish: { offset: 1 } },
        { presence_stats: { num_clients: 0, num_users: 0 } },
        { error: { code: 102 } },
      ],
    },
  });
});

test('without the key, or with another, nothing is done', async () => {
  const command = { channel: 'room:locked', data: 1 };
  expect(await api.nobody('POST', '/api/publish', command)).toMatchObject({
    status: 401,
    body: { error: { code: 101 } },
  });
  const wrong = apiClients({ ...server, apiKey: 'wrong' });
  expect((await wrong.backend('POST', '/api/publish', command)).status).toBe(401);
  const history = await api.backend('POST', '/api/history', { channel: 'room:locked', limit: -1 });
  expect(history.body).toMatchObject({ result: { publications: [] } });
});
