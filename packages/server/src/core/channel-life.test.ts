import { describe, expect, it } from 'vitest';
import { createFaultyFixture, openPolicy } from '../../../testkit/src/simulation/node-fixture.ts';

describe('life of a channel', () => {
  it('[CHN11] the broker is subscribed with the first subscriber and released 1 s after the last', async () => {
    const { connect, faulty, clock } = await createFaultyFixture();
    const [ann, bob] = [connect('ann'), connect('bob')];
    await ann.session.subscribe('live:1', {});
    await bob.session.subscribe('live:1', {});
    ann.session.unsubscribe('live:1');
    await clock.advance(5_000);
    expect(faulty.calls).toEqual(['subscribe live:1']);
    bob.session.handleClosed(true);
    await clock.advance(900);
    expect(faulty.calls).toEqual(['subscribe live:1']);
    await clock.advance(100);
    expect(faulty.calls).toEqual(['subscribe live:1', 'unsubscribe live:1']);
  });

  it('[CHN11] who comes back within the second costs nothing at the broker', async () => {
    const { connect, faulty, clock, node } = await createFaultyFixture();
    const client = connect('ann');
    for (let round = 0; round < 10; round += 1) {
      await client.session.subscribe('live:1', {});
      client.session.unsubscribe('live:1');
      await clock.advance(500);
    }
    await client.session.subscribe('live:1', {});
    await clock.advance(10_000);
    await node.publish('live:1', '1');
    await clock.settle();
    expect(faulty.countOf('subscribe', 'live:1')).toBe(1);
    expect(faulty.countOf('unsubscribe', 'live:1')).toBe(0);
    expect(client.socket.lines).toHaveLength(1);
  });
});

describe('a subscription that ends while it is being set up', () => {
  it('[CHN10] never goes live when the client unsubscribes', async () => {
    const { connect, faulty, clock, node } = await createFaultyFixture();
    let release = (): void => {};
    faulty.beforeHistory = () => new Promise((resolve) => (release = resolve));
    const client = connect('ann');
    const reply = client.session.subscribe('ev:1', {});
    await clock.settle();
    client.session.unsubscribe('ev:1');
    release();
    expect(await reply).toMatchObject({ error: 'not_available' });
    await node.publish('ev:1', '1');
    await clock.advance(5_000);
    expect(client.socket.lines).toEqual([]);
    expect(node.subscriberCount('ev:1')).toBe(0);
    expect(faulty.countOf('unsubscribe', 'ev:1')).toBe(1);
  });

  it('[CHN10] never goes live when the connection breaks, wherever it was', async () => {
    let decide = (_isMember: boolean): void => {};
    const { connect, node, clock } = await createFaultyFixture({
      policy: openPolicy({ isMember: () => new Promise((resolve) => (decide = resolve)) }),
    });
    const client = connect('ann');
    const reply = client.session.subscribe('chat:1', { wantsJoinLeave: true });
    await clock.settle();
    client.session.handleClosed(false);
    decide(true);
    expect(await reply).toMatchObject({ error: 'not_available' });
    await clock.advance(60_000);
    expect((await node.channels()).size).toBe(0);
    expect(await node.presenceStats('chat:1')).toMatchObject({ value: { clients: 0 } });
  });

  it('[CHN10] one made after it is another: the first one ends alone', async () => {
    const { connect, faulty, clock, node } = await createFaultyFixture();
    const releases: (() => void)[] = [];
    faulty.beforeHistory = () => new Promise((resolve) => releases.push(resolve));
    const client = connect('ann');
    const first = client.session.subscribe('ev:1', {});
    await clock.settle();
    client.session.unsubscribe('ev:1');
    const second = client.session.subscribe('ev:1', {});
    await clock.settle();
    for (const release of releases) release();
    expect((await first).ok).toBe(false);
    expect((await second).ok).toBe(true);
    await node.publish('ev:1', '1');
    await clock.settle();
    expect(client.socket.lines).toHaveLength(1);
    expect(node.subscriberCount('ev:1')).toBe(1);
  });

  it('[REC4] the data of the reply is older than what follows it', async () => {
    let answer = (_data: string): void => {};
    const { connect, node, clock } = await createFaultyFixture({
      policy: openPolicy({
        subscribeData: () => new Promise((resolve) => (answer = resolve)),
      }),
    });
    const client = connect('ann');
    const reply = client.session.subscribe('task:ann', {});
    await clock.settle();
    await node.publish('task:ann', '"50 %"');
    await clock.settle();
    answer('"snapshot"');
    expect(await reply).toMatchObject({ ok: true, value: { data: '"snapshot"' } });
    client.session.send('reply');
    await node.publish('task:ann', '"60 %"');
    await clock.settle();
    expect(client.socket.lines).toEqual([
      'reply',
      '{"channel":"task:ann","data":"50 %"}',
      '{"channel":"task:ann","data":"60 %"}',
    ]);
  });
});
