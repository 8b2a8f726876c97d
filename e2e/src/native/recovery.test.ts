/** What was missed while away: all of it once and in order, or an honest "no". */
import type { RunningServer } from '@carillon/testkit';
import type {
  Centrifuge,
  ServerSubscribedContext,
  SubscribedContext,
  Subscription,
} from 'centrifuge';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CutProxy, startCutProxy } from './cut-proxy.ts';
import {
  Clients,
  Collected,
  callApi,
  codeOf,
  next,
  startNativeServer,
  subscribed,
} from './native-server.ts';

let server: RunningServer;
let proxy: CutProxy;
const clients = new Clients();

beforeAll(async () => {
  server = await startNativeServer();
  proxy = await startCutProxy(server.port);
});
afterEach(() => {
  clients.close();
  proxy.mend();
});
afterAll(async () => {
  proxy.close();
  await server.stop();
});

const pullCable = async (client: Centrifuge): Promise<void> => {
  const lost = next(client, 'connecting');
  proxy.cut();
  await lost;
};

const comesBack = async (subscription: Subscription): Promise<SubscribedContext> => {
  const back = next<SubscribedContext>(subscription, 'subscribed');
  proxy.mend();
  return back;
};

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a cut connection', () => {
  it('gets 100 missed publications exactly once and in order, then goes on live', async () => {
    const channel = 'news:recover';
    const reader = await clients.connect(proxy.wsUrl, { token: await server.token('reader') });
    const writer = await clients.connect(server.wsUrl, { token: await server.token('writer') });
    const subscription = await subscribed(reader, channel);
    const collected = new Collected(subscription);
    for (const number of numbers(1, 20)) await writer.publish(channel, number);
    await collected.atLeast(20);
    await pullCable(reader);
    for (const number of numbers(21, 120)) await writer.publish(channel, number);
    const back = comesBack(subscription);
    const more = numbers(121, 160).map((number) => writer.publish(channel, number));
    expect(await back).toMatchObject({ wasRecovering: true, recovered: true });
    await Promise.all(more);
    await writer.publish(channel, 'end');
    expect(await collected.atLeast(161)).toEqual([...numbers(1, 160), 'end']);
  });

  it('cut again and again while publications flow, nothing is missing and nothing is double', async () => {
    const channel = 'news:flapping';
    const reader = await clients.connect(proxy.wsUrl, { token: await server.token('reader') });
    const writer = await clients.connect(server.wsUrl, { token: await server.token('writer') });
    const subscription = await subscribed(reader, channel);
    const collected = new Collected(subscription);
    let number = 0;
    for (let round = 0; round < 8; round += 1) {
      await pullCable(reader);
      const back = comesBack(subscription);
      for (let index = 0; index < 15; index += 1) await writer.publish(channel, (number += 1));
      expect((await back).recovered).toBe(true);
    }
    expect(await collected.atLeast(number)).toEqual(numbers(1, number));
  });

  it('is told that it missed something when the history does not reach back', async () => {
    const channel = 'brief:window';
    const reader = await clients.connect(proxy.wsUrl, { token: await server.token('reader') });
    const writer = await clients.connect(server.wsUrl, { token: await server.token('writer') });
    const subscription = await subscribed(reader, channel);
    const collected = new Collected(subscription);
    await writer.publish(channel, 0);
    await collected.atLeast(1);
    await pullCable(reader);
    for (const number of numbers(1, 11)) await writer.publish(channel, number);
    const back = await comesBack(subscription);
    expect(back).toMatchObject({
      wasRecovering: true,
      recovered: false,
      hasRecoveredPublications: false,
      streamPosition: { offset: 12 },
    });
    await writer.publish(channel, 'next');
    expect(await collected.atLeast(2)).toEqual([0, 'next']);
  });

  it('is told so too when the history was removed meanwhile', async () => {
    const channel = 'news:removed';
    const reader = await clients.connect(proxy.wsUrl, { token: await server.token('reader') });
    const subscription = await subscribed(reader, channel);
    await callApi(server, 'publish', { channel, data: 1 });
    await pullCable(reader);
    await callApi(server, 'publish', { channel, data: 2 });
    await callApi(server, 'history_remove', { channel });
    expect(await comesBack(subscription)).toMatchObject({ wasRecovering: true, recovered: false });
  });

  it('that asks to be refused rather than left with a gap gets error 112', async () => {
    const client = await clients.connect(server.wsUrl, { token: await server.token('reader') });
    const channel = 'news:strict';
    await client.publish(channel, 1);
    let states = 0;
    const subscription = client.newSubscription(channel, {
      since: { epoch: 'another life', offset: 7 },
      getState: async () => {
        states += 1;
        const { epoch, offset } = await client.history(channel);
        return { epoch, offset };
      },
      minResubscribeDelay: 10,
    } as Parameters<Centrifuge['newSubscription']>[1]);
    const done = next<SubscribedContext>(subscription, 'subscribed');
    subscription.subscribe();
    expect((await done).streamPosition?.offset).toBe(1);
    expect(states).toBeGreaterThan(0);
  });
});

describe('server-side subscriptions', () => {
  it('are recovered in the connect reply', async () => {
    const client = clients.create(proxy.wsUrl, { token: await server.token('nina') });
    const collected = new Collected(client);
    client.connect();
    await client.ready();
    const send = (data: number) => callApi(server, 'publish', { channel: 'user:nina', data });
    await send(1);
    await collected.atLeast(1);
    await pullCable(client);
    for (const number of numbers(2, 60)) await send(number);
    const back = next<ServerSubscribedContext>(client, 'subscribed');
    proxy.mend();
    expect(await back).toMatchObject({
      channel: 'user:nina',
      wasRecovering: true,
      recovered: true,
    });
    await send(61);
    expect(await collected.atLeast(61)).toEqual(numbers(1, 61));
  });
});

describe('a publish that is repeated', () => {
  it('after an uncertain end is published once when it has the same idempotency key', async () => {
    const { RawWebSocket } = await import('@carillon/testkit');
    const token = await server.token('writer');
    const publishOnce = async (): Promise<unknown> => {
      const raw = await RawWebSocket.open(server.port, '/connection/websocket');
      raw.sendText(
        [
          JSON.stringify({ id: 1, connect: { token } }),
          JSON.stringify({
            id: 2,
            publish: { channel: 'news:idem', data: 1, idempotency_key: 'k' },
          }),
        ].join('\n'),
      );
      const replies: unknown[] = [];
      while (replies.length < 2) {
        replies.push(...(await raw.text()).split('\n').map((line) => JSON.parse(line) as unknown));
      }
      raw.destroy();
      return replies[1];
    };
    expect(await publishOnce()).toEqual({ id: 2, publish: {} });
    expect(await publishOnce()).toEqual({ id: 2, publish: {} });
    const client = await clients.connect(server.wsUrl, { token });
    const { publications, offset } = await client.history('news:idem', { limit: -1 });
    expect(offset).toBe(1);
    expect(publications.map(({ tags }) => tags)).toEqual([{ cid: 'k' }]);
    expect(await codeOf(client.publish('news:idem', 2))).toBe(0);
  });
});
