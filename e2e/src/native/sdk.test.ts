/** The `centrifuge` package from npm, unmodified: every command and push. */
import type { RunningServer } from '@carillon/testkit';
import type {
  DisconnectedContext,
  ErrorContext,
  JoinContext,
  LeaveContext,
  PublicationContext,
  ServerPublicationContext,
  ServerSubscribedContext,
  UnsubscribedContext,
} from 'centrifuge';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  Clients,
  Collected,
  callApi,
  codeOf,
  next,
  startNativeServer,
  subscribed,
  underTest,
} from './native-server.ts';

let server: RunningServer;
const clients = new Clients();
let channels = 0;
/** A channel nobody else has used. */
const fresh = (namespace = 'news'): string => `${namespace}:${(channels += 1)}`;

beforeAll(async () => {
  server = await startNativeServer({ ALLOW_ANONYMOUS: 'true', LEAVE_GRACE: '1s' });
});
afterEach(() => clients.close());
afterAll(() => server.stop());

const as = async (user: string, claims?: Record<string, unknown>) =>
  clients.connect(server.wsUrl, { token: await server.token(user, claims) });

describe('connect', () => {
  it('says who the client is and how it is kept alive', async () => {
    const client = clients.create(server.wsUrl, { token: await server.token('alice') });
    const connected = next<{ client: string; transport: string }>(client, 'connected');
    client.connect();
    expect(await connected).toMatchObject({
      client: expect.stringMatching(/^\S{8,}$/),
      transport: underTest.transport,
    });
  });

  it('without a token it is an anonymous person, where those are allowed', async () => {
    const client = await clients.connect(server.wsUrl);
    const channel = fresh();
    const subscription = client.newSubscription(channel);
    const refused = next<UnsubscribedContext>(subscription, 'unsubscribed');
    subscription.subscribe();
    expect((await refused).code).toBe(103);
  });

  it('with a forged token it is refused for good', async () => {
    const client = clients.create(server.wsUrl, { token: `${await server.token('alice')}x` });
    const disconnected = next<DisconnectedContext>(client, 'disconnected');
    client.connect();
    expect(await disconnected).toMatchObject({ code: 3500, reason: 'invalid token' });
  });

  it('with a token that ran out it asks for a newer one and comes back', async () => {
    const old = await server.token('alice', {}, '-5s');
    const errors: ErrorContext[] = [];
    let asked = 0;
    const client = clients.create(server.wsUrl, {
      token: old,
      getToken: async () => {
        asked += 1;
        return server.token('alice');
      },
    });
    client.on('error', (context) => errors.push(context));
    client.connect();
    await client.ready(10_000);
    expect(errors.map(({ error }) => error.code)).toEqual([109]);
    expect(asked).toBe(1);
  });

  it('a single-use ticket in the address opens one connection', async () => {
    const response = await fetch(`${server.url}/api/v1/tickets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await server.token('alice')}` },
    });
    const { ticket } = (await response.json()) as { ticket: string };
    const query = `?ticket=${ticket}`;
    const client = clients.create(server.wsUrl, {}, query);
    const subscribedTo = next<ServerSubscribedContext>(client, 'subscribed');
    client.connect();
    expect((await subscribedTo).channel).toBe('user:alice');
    client.disconnect();
    const again = clients.create(server.wsUrl, {}, query);
    const disconnected = next<DisconnectedContext>(again, 'disconnected');
    again.connect();
    expect((await disconnected).code).toBe(3500);
  });
});

describe('publish and subscribe', () => {
  it('a publication reaches all subscribers, the publisher too, in order', async () => {
    const channel = fresh();
    const [alice, bob] = [await as('alice'), await as('bob')];
    const mine = new Collected(await subscribed(alice, channel));
    const theirs = new Collected(await subscribed(bob, channel));
    const expected = Array.from({ length: 50 }, (_, index) => ({ index, text: `鐘 "${index}"` }));
    await Promise.all(expected.map((data) => alice.publish(channel, data)));
    expect(await mine.atLeast(50)).toEqual(expected);
    expect(await theirs.atLeast(50)).toEqual(expected);
  });

  it('it carries offset and sender', async () => {
    const channel = fresh();
    const alice = await as('alice', { info: { name: 'Alice' } });
    const subscription = await subscribed(alice, channel);
    const publication = next<PublicationContext>(subscription, 'publication');
    await subscription.publish('hi');
    expect(await publication).toMatchObject({
      channel,
      data: 'hi',
      offset: 1,
      info: { user: 'alice', client: expect.any(String), connInfo: { name: 'Alice' } },
    });
  });

  it('in a channel without history there are no offsets', async () => {
    const channel = fresh('bare');
    const alice = await as('alice');
    const subscription = await subscribed(alice, channel);
    const publication = next<PublicationContext>(subscription, 'publication');
    await subscription.publish({ a: 1 });
    expect((await publication).offset).toBeUndefined();
    expect(await codeOf(subscription.history({ limit: 1 }))).toBe(108);
  });

  it('what the backend publishes arrives with its tags', async () => {
    const channel = fresh();
    const subscription = await subscribed(await as('alice'), channel);
    const publication = next<PublicationContext>(subscription, 'publication');
    await callApi(server, 'publish', { channel, data: { a: 1 }, tags: { k: 'v' } });
    expect(await publication).toMatchObject({ data: { a: 1 }, tags: { k: 'v' } });
  });

  it('after unsubscribe nothing more comes, and subscribing again works', async () => {
    const channel = fresh('bare');
    const [alice, bob] = [await as('alice'), await as('bob')];
    const subscription = await subscribed(alice, channel);
    const mine = new Collected(subscription);
    const theirs = new Collected(await subscribed(bob, channel));
    subscription.unsubscribe();
    await bob.publish(channel, 1);
    await theirs.atLeast(1);
    subscription.subscribe();
    await subscription.ready();
    await bob.publish(channel, 2);
    expect(await mine.atLeast(1)).toEqual([2]);
  });
});

describe('presence', () => {
  it('lists who is there and counts people and connections', async () => {
    const channel = fresh();
    const [alice, tab, bob] = [await as('alice'), await as('alice'), await as('bob')];
    for (const client of [alice, tab, bob]) await subscribed(client, channel);
    expect(await alice.presenceStats(channel)).toEqual({ numClients: 3, numUsers: 2 });
    const { clients: present } = await alice.presence(channel);
    expect(
      Object.values(present)
        .map(({ user }) => user)
        .toSorted(),
    ).toEqual(['alice', 'alice', 'bob']);
    bob.disconnect();
    while ((await alice.presenceStats(channel)).numClients !== 2);
  });

  it('is not available where a namespace has none', async () => {
    const channel = fresh('bare');
    const alice = await as('alice');
    await subscribed(alice, channel);
    expect(await codeOf(alice.presence(channel))).toBe(108);
  });

  it('joins and leaves are told once per person', async () => {
    const channel = fresh();
    const seen: string[] = [];
    const watcher = await subscribed(await as('watcher'), channel, { joinLeave: true });
    watcher.on('join', ({ info }: JoinContext) => seen.push(`+${info.user}`));
    watcher.on('leave', ({ info }: LeaveContext) => seen.push(`-${info.user}`));
    const left = next<LeaveContext>(watcher, 'leave', ({ info }) => info.user === 'bob');
    const [bob, tab] = [await as('bob'), await as('bob')];
    await subscribed(bob, channel);
    await subscribed(tab, channel);
    tab.disconnect();
    bob.disconnect();
    await left;
    expect(seen.filter((event) => event.endsWith('bob'))).toEqual(['+bob', '-bob']);
  });
});

describe('history', () => {
  it('gives pages forwards, backwards and from a position', async () => {
    const channel = fresh();
    const alice = await as('alice');
    await subscribed(alice, channel);
    for (let index = 1; index <= 5; index += 1) await alice.publish(channel, index);
    const { epoch, offset } = await alice.history(channel);
    expect(offset).toBe(5);
    const dataOf = async (options: object) =>
      (await alice.history(channel, options)).publications.map(({ data }) => data as unknown);
    expect(await dataOf({ limit: 2 })).toEqual([1, 2]);
    expect(await dataOf({ limit: -1 })).toEqual([1, 2, 3, 4, 5]);
    expect(await dataOf({ limit: 2, reverse: true })).toEqual([5, 4]);
    expect(await dataOf({ limit: 2, since: { epoch, offset: 3 } })).toEqual([4, 5]);
    expect(
      await codeOf(alice.history(channel, { limit: 1, since: { epoch: 'other', offset: 1 } })),
    ).toBe(112);
  });
});

describe('rpc and send', () => {
  it('calls procedures', async () => {
    const alice = await as('alice');
    expect((await alice.rpc('inbox.counts', {})).data).toMatchObject({ unread: 0, total: 0 });
    expect(await codeOf(alice.rpc('no.such.method', {}))).toBe(104);
    expect(await codeOf(alice.rpc('chat.send', { conversation_id: 'x' }))).toBeGreaterThanOrEqual(
      100,
    );
  });

  it('a message without a reply disturbs nothing', async () => {
    const alice = await as('alice');
    await alice.send({ any: 'thing' });
    expect((await alice.rpc('inbox.counts', {})).data).toBeDefined();
  });
});

describe('refusals', () => {
  it.each([
    ['nowhere:1', 102],
    ['shut:1', 103],
    ['vip:1', 103],
    ['user:bob', 103],
    ['chat:unknown', 103],
    ['$private:lobby:bob', 103],
  ])('subscribing to %s is error %i', async (channel, code) => {
    const subscription = (await as('alice')).newSubscription(channel);
    const refused = next<UnsubscribedContext>(subscription, 'unsubscribed');
    subscription.subscribe();
    expect((await refused).code).toBe(code);
  });

  it('publishing, history and presence are checked too, whoever is subscribed', async () => {
    const alice = await as('alice');
    expect(await codeOf(alice.publish('shut:1', 1))).toBe(103);
    expect(await codeOf(alice.publish('user:alice', 1))).toBe(103);
    expect(await codeOf(alice.publish('nowhere:1', 1))).toBe(102);
    expect(await codeOf(alice.history('user:bob', { limit: 1 }))).toBe(103);
    expect(await codeOf(alice.presence('shut:1'))).toBe(103);
  });
});

describe('server-side subscriptions', () => {
  it('everybody has their own channel, and those of the token', async () => {
    const client = clients.create(server.wsUrl, {
      token: await server.token('carol', { channels: ['news:token'] }),
    });
    const names: string[] = [];
    client.on('subscribed', ({ channel }: ServerSubscribedContext) => names.push(channel));
    client.connect();
    await client.ready();
    expect(names.toSorted()).toEqual(['news:token', 'user:carol']);
    const event = next<ServerPublicationContext>(client, 'publication');
    await callApi(server, 'publish', { channel: 'user:carol', data: { type: 'cart_updated' } });
    expect(await event).toMatchObject({
      channel: 'user:carol',
      data: { type: 'cart_updated' },
      offset: 1,
    });
  });

  it('a token that names a channel nobody knows does not connect by halves', async () => {
    const client = clients.create(server.wsUrl, {
      token: await server.token('carol', { channels: ['nowhere:1'] }),
    });
    const disconnected = next<DisconnectedContext>(client, 'disconnected');
    client.connect();
    expect((await disconnected).code).toBe(102);
  });

  it('the backend subscribes and unsubscribes somebody who is connected', async () => {
    const channel = fresh();
    const client = await as('dave');
    const joined = next<ServerSubscribedContext>(
      client,
      'subscribed',
      (context) => context.channel === channel,
    );
    await callApi(server, 'subscribe', { user: 'dave', channel });
    await joined;
    const event = next<ServerPublicationContext>(client, 'publication');
    await callApi(server, 'publish', { channel, data: 1 });
    expect((await event).channel).toBe(channel);
    const left = next<{ channel: string }>(client, 'unsubscribed');
    await callApi(server, 'unsubscribe', { user: 'dave', channel });
    expect((await left).channel).toBe(channel);
  });

  it('the backend ends a subscription of the client’s own with code 2000', async () => {
    const channel = fresh();
    const subscription = await subscribed(await as('erin'), channel);
    const ended = next<UnsubscribedContext>(subscription, 'unsubscribed');
    await callApi(server, 'unsubscribe', { user: 'erin', channel });
    expect((await ended).code).toBe(2000);
  });

  it('the backend disconnects a user, for good by default', async () => {
    const client = await as('frank');
    const ended = next<DisconnectedContext>(client, 'disconnected');
    await callApi(server, 'disconnect', { user: 'frank' });
    expect((await ended).code).toBe(3503);
  });
});
