/** Tokens over the life of a connection: refresh, expiry, subscription tokens, what the wrong ones get. */
import { RawWebSocket, type RunningServer, signToken } from '@carillon/testkit';
import type { DisconnectedContext, SubscribingContext, UnsubscribedContext } from 'centrifuge';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Clients, callApi, next, startNativeServer, subscribed } from './native-server.ts';

let server: RunningServer;
const clients = new Clients();

beforeAll(async () => {
  server = await startNativeServer({ TOKEN_EXPIRED_GRACE: '1s' });
});
afterEach(() => clients.close());
afterAll(() => server.stop());

const subscriptionToken = (sub: string, channel: string, ttl = '1h'): Promise<string> =>
  signToken({ sub, channel }, ttl);

describe('the connection’s token', () => {
  it('is refreshed over the connection, which lives on', async () => {
    let asked = 0;
    const refreshed = Promise.withResolvers<void>();
    const client = await clients.connect(server.wsUrl, {
      getToken: async () => {
        asked += 1;
        if (asked === 2) refreshed.resolve();
        return server.token('alice', {}, '2s');
      },
    });
    const states: string[] = [];
    client.on('connecting', ({ reason }) => states.push(reason));
    await refreshed.promise;
    expect((await client.rpc('inbox.counts', {})).data).toBeDefined();
    expect(states).toEqual([]);
  });

  it('that runs out and is not refreshed ends the connection with 3005, after the grace', async () => {
    const raw = await RawWebSocket.open(server.port, '/connection/websocket');
    const token = await server.token('alice', {}, '1s');
    raw.sendText(JSON.stringify({ id: 1, connect: { token } }));
    expect(JSON.parse(await raw.text())).toMatchObject({ connect: { expires: true, ttl: 1 } });
    expect(await raw.closeFrame()).toEqual({ code: 3005, reason: 'connection expired' });
    raw.destroy();
  });

  it('of somebody else ends the connection with 3500', async () => {
    let asked = 0;
    const client = clients.create(server.wsUrl, {
      getToken: async () => server.token((asked += 1) === 1 ? 'alice' : 'bob', {}, '2s'),
    });
    const disconnected = next<DisconnectedContext>(client, 'disconnected');
    client.connect();
    expect((await disconnected).code).toBe(3500);
  });

  it('that had run out already when it was sent to refresh ends with 3005, and a new one comes back', async () => {
    let asked = 0;
    const client = clients.create(server.wsUrl, {
      getToken: async () => {
        asked += 1;
        return server.token('alice', {}, asked === 2 ? '-1s' : '2s');
      },
    });
    const lost = next<{ code: number }>(client, 'connecting', ({ code }) => code === 3005);
    client.connect();
    await client.ready();
    await lost;
    await client.ready();
    client.disconnect();
  });
});

describe('subscription tokens', () => {
  it('open a channel that nothing else opens, and nobody else’s', async () => {
    const channel = 'vip:1';
    const client = await clients.connect(server.wsUrl, { token: await server.token('alice') });
    const open = await subscribed(client, channel, {
      token: await subscriptionToken('alice', channel),
    });
    const publication = next<{ data: unknown }>(open, 'publication');
    await callApi(server, 'publish', { channel, data: 'secret' });
    expect((await publication).data).toBe('secret');
  });

  it.each([
    ['of another user', () => subscriptionToken('bob', 'vip:2')],
    ['of another channel', () => subscriptionToken('alice', 'vip:other')],
    ['that is a connection token', () => server.token('alice')],
    [
      'with another signature',
      () => signToken({ sub: 'alice', channel: 'vip:2' }, '1h', 'x'.repeat(40)),
    ],
  ])('one %s is error 103', async (_name, make) => {
    const client = await clients.connect(server.wsUrl, { token: await server.token('alice') });
    const subscription = client.newSubscription('vip:2', { token: await make() });
    const refused = next<UnsubscribedContext>(subscription, 'unsubscribed');
    subscription.subscribe();
    expect((await refused).code).toBe(103);
  });

  it('one that ran out is error 109, and the SDK fetches another', async () => {
    const channel = 'vip:3';
    const client = await clients.connect(server.wsUrl, { token: await server.token('alice') });
    const errors: number[] = [];
    const subscription = client.newSubscription(channel, {
      token: await subscriptionToken('alice', channel, '-1s'),
      getToken: () => subscriptionToken('alice', channel),
      minResubscribeDelay: 10,
      maxResubscribeDelay: 20,
    });
    subscription.on('error', ({ error }) => errors.push(error.code));
    subscription.subscribe();
    await subscription.ready();
    expect(errors).toEqual([109]);
  });

  it('are refreshed over the connection while the subscription lives on', async () => {
    const channel = 'vip:4';
    const client = await clients.connect(server.wsUrl, { token: await server.token('alice') });
    let asked = 0;
    const refreshed = Promise.withResolvers<void>();
    const subscription = await subscribed(client, channel, {
      getToken: async () => {
        asked += 1;
        if (asked === 2) refreshed.resolve();
        return subscriptionToken('alice', channel, '2s');
      },
    });
    let interruptions = 0;
    subscription.on('subscribing', () => (interruptions += 1));
    await refreshed.promise;
    expect(interruptions).toBe(0);
  });

  it('that end take their subscription along with 2501, after which the SDK subscribes anew', async () => {
    const channel = 'vip:5';
    const client = await clients.connect(server.wsUrl, { token: await server.token('alice') });
    let isOffline = false;
    const subscription = await subscribed(client, channel, {
      getToken: async () => {
        if (isOffline) await new Promise(() => undefined);
        isOffline = true;
        return subscriptionToken('alice', channel, '2s');
      },
    });
    const ended = await next<SubscribingContext>(subscription, 'subscribing');
    expect(ended).toMatchObject({ code: 2501, reason: 'subscription expired' });
  });
});

describe('a token used to connect', () => {
  it.each([
    ['is a subscription token', () => subscriptionToken('alice', 'vip:1')],
    ['has no sub', () => signToken({}, '1h')],
    ['has another signature', () => signToken({ sub: 'alice' }, '1h', 'x'.repeat(40))],
    ['is not a token', async () => 'nonsense'],
  ])('that %s closes with 3500', async (_name, make) => {
    const client = clients.create(server.wsUrl, { token: await make() });
    const disconnected = next<DisconnectedContext>(client, 'disconnected');
    client.connect();
    expect(await disconnected).toMatchObject({ code: 3500, reason: 'invalid token' });
  });

  it('leaves no trace in the log', async () => {
    const token = await server.token('canary-user', {}, '1h');
    const forged = `${token.slice(0, -6)}AAAAAA`;
    for (const attempt of [token, forged]) {
      const client = clients.create(server.wsUrl, { token: attempt });
      const settled = Promise.race([next(client, 'connected'), next(client, 'disconnected')]);
      client.connect();
      await settled;
    }
    for (const part of [...token.split('.'), ...forged.split('.').slice(2)]) {
      expect(server.output()).not.toContain(part);
    }
  });
});
