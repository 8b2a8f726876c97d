import { DISCONNECTS } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import { createNodeFixture } from '../../../testkit/src/simulation/node-fixture.ts';
import type { NodeFixture } from '../../../testkit/src/simulation/node-fixture.ts';

const CHANNEL = 'open:1';
const told = (kind: 'join' | 'leave', user: string): string =>
  `{"channel":"${CHANNEL}","${kind}":"${user}"}`;

/** Somebody who asked for joins and leaves. */
async function withObserver(): Promise<NodeFixture & { news: () => Promise<string[]> }> {
  const fixture = await createNodeFixture();
  const observer = fixture.connect('observer');
  await observer.session.subscribe(CHANNEL, { wantsJoinLeave: true });
  const news = async (): Promise<string[]> => {
    await fixture.clock.settle();
    return observer.socket.take();
  };
  return { ...fixture, news };
}

async function enter({ connect }: NodeFixture, user: string): Promise<ReturnType<typeof connect>> {
  const client = connect(user, { info: '{"n":1}' });
  await client.session.subscribe(CHANNEL, {});
  return client;
}

describe('presence', () => {
  it('[PRE1] lists and counts show exactly the live connections, at once', async () => {
    const fixture = await withObserver();
    const [one, two, bob] = [
      await enter(fixture, 'ann'),
      await enter(fixture, 'ann'),
      await enter(fixture, 'bob'),
    ];
    expect(await bob.session.presenceStats(CHANNEL)).toMatchObject({
      value: { clients: 4, users: 3 },
    });
    one.session.handleClosed(false);
    two.session.unsubscribe(CHANNEL);
    expect(await bob.session.presenceStats(CHANNEL)).toMatchObject({
      value: { clients: 2, users: 2 },
    });
    const list = await bob.session.presence(CHANNEL);
    expect(list.ok && list.value.map((info) => info.user)).toEqual(['observer', 'bob']);
    expect(list.ok && list.value[1]).toMatchObject({ client: bob.session.id, connInfo: '{"n":1}' });
    expect(await fixture.node.presenceStats(CHANNEL)).toMatchObject({ value: { clients: 2 } });
  });

  it('[PRE2] a join is told with the first connection, a leave after the last', async () => {
    const fixture = await withObserver();
    const one = await enter(fixture, 'ann');
    const two = await enter(fixture, 'ann');
    expect(await fixture.news()).toEqual([told('join', 'ann')]);
    one.session.handleClosed(true);
    expect(await fixture.news()).toEqual([]);
    two.session.handleClosed(true);
    expect(await fixture.news()).toEqual([told('leave', 'ann')]);
  });

  it('[PRE3] a lost connection leaves after 10 s', async () => {
    const fixture = await withObserver();
    const client = await enter(fixture, 'ann');
    await fixture.news();
    client.session.handleClosed(false);
    await fixture.clock.advance(9_900);
    expect(await fixture.news()).toEqual([]);
    await fixture.clock.advance(100);
    expect(await fixture.news()).toEqual([told('leave', 'ann')]);
  });

  it('[PRE3] who is back within the grace has never been away', async () => {
    const fixture = await withObserver();
    const client = await enter(fixture, 'ann');
    await fixture.news();
    client.session.handleClosed(false);
    await fixture.clock.advance(5_000);
    const again = await enter(fixture, 'ann');
    await fixture.clock.advance(60_000);
    expect(await fixture.news()).toEqual([]);
    again.session.handleClosed(true);
    expect(await fixture.news()).toEqual([told('leave', 'ann')]);
  });

  it('[PRE3] the grace outlasts the last subscriber', async () => {
    const { connect, node, broker, clock } = await createNodeFixture();
    const client = connect('ann');
    await client.session.subscribe(CHANNEL, { wantsJoinLeave: true });
    client.session.handleClosed(false);
    await clock.advance(5_000);
    const back = connect('ann');
    await back.session.subscribe(CHANNEL, { wantsJoinLeave: true });
    await clock.advance(20_000);
    expect(back.socket.lines).toEqual([]);
    expect(node.subscriberCount(CHANNEL)).toBe(1);
    expect(broker).toBeDefined();
  });

  it('[PRE4] a goodbye, an unsubscribe, a missing heartbeat and a final disconnect are leaves at once', async () => {
    const fixture = await withObserver();
    const goodbyes = [
      (client: Awaited<ReturnType<typeof enter>>) => client.session.handleClosed(true),
      (client: Awaited<ReturnType<typeof enter>>) => client.session.unsubscribe(CHANNEL),
      (client: Awaited<ReturnType<typeof enter>>) => client.session.disconnect(DISCONNECTS.no_pong),
      (client: Awaited<ReturnType<typeof enter>>) =>
        client.session.disconnect(DISCONNECTS.force_no_reconnect),
    ];
    for (const [index, goodbye] of goodbyes.entries()) {
      const client = await enter(fixture, `user-${index}`);
      await fixture.news();
      goodbye(client);
      expect(await fixture.news()).toEqual([told('leave', `user-${index}`)]);
    }
  });

  it('[PRE3] a disconnect that asks to come back is no leave', async () => {
    const fixture = await withObserver();
    const client = await enter(fixture, 'ann');
    await fixture.news();
    client.session.disconnect(DISCONNECTS.slow);
    expect(await fixture.news()).toEqual([]);
  });

  it('[PRE5] a join is not told to who joined, nor anything to who did not ask', async () => {
    const fixture = await withObserver();
    const eager = fixture.connect('ann');
    await eager.session.subscribe(CHANNEL, { wantsJoinLeave: true });
    const quiet = await enter(fixture, 'bob');
    expect(await fixture.news()).toEqual([told('join', 'ann'), told('join', 'bob')]);
    expect(eager.socket.lines).toEqual([told('join', 'bob')]);
    expect(quiet.socket.lines).toEqual([]);
  });

  it('[PRE6] anonymous connections are each somebody', async () => {
    const fixture = await createNodeFixture({ isInsecure: true });
    const observer = fixture.connect('observer');
    await observer.session.subscribe(CHANNEL, { wantsJoinLeave: true });
    const [one, two] = [await enter(fixture, ''), await enter(fixture, '')];
    one.session.handleClosed(true);
    await fixture.clock.settle();
    expect(observer.socket.lines).toEqual([
      told('join', one.session.id),
      told('join', two.session.id),
      told('leave', one.session.id),
    ]);
  });
});
