import { DISCONNECTS } from '@carillon/protocol';
import { describe, expect, it } from 'vitest';
import { createNodeFixture } from '../../../testkit/src/simulation/node-fixture.ts';

describe('registry', () => {
  it('[SES15] it answers by user, by connection and by device type', async () => {
    const { connect, open, node } = await createNodeFixture();
    const phone = connect('ann', {}, { deviceType: 'mobile' });
    const desk = connect('ann');
    connect('bob');
    connect('');
    open();
    const ids = (infos: readonly { connectionId: string }[]): string[] =>
      infos.map((info) => info.connectionId);
    expect(ids(await node.connectionsOfUser('ann'))).toEqual([phone.session.id, desk.session.id]);
    expect(ids(await node.connectionsByDevice('mobile'))).toEqual([phone.session.id]);
    expect(await node.connection(desk.session.id)).toMatchObject({
      user: 'ann',
      deviceType: 'desktop',
    });
    expect(await node.totals()).toEqual({
      users: 2,
      connections: 4,
      byUser: new Map([
        ['ann', 2],
        ['bob', 1],
      ]),
    });
  });

  it('[SES15] guests are connections, not users', async () => {
    const { connect, node } = await createNodeFixture();
    connect('ann');
    connect('~bob', { isGuest: true });
    expect(await node.totals()).toEqual({
      users: 1,
      connections: 2,
      byUser: new Map([['ann', 1]]),
    });
    expect(await node.connectionsOfUser('~bob')).toHaveLength(1);
  });

  it('[SES15] whoever has gone is not found', async () => {
    const { connect, node } = await createNodeFixture();
    const clients = Array.from({ length: 5 }, () => connect('ann'));
    for (const index of [1, 4, 0]) clients[index]?.session.handleClosed(true);
    const left = [clients[2], clients[3]].map((client) => client?.session.id);
    expect(new Set((await node.connectionsOfUser('ann')).map((info) => info.connectionId))).toEqual(
      new Set(left),
    );
    for (const client of clients) client.session.handleClosed(true);
    expect(await node.isOnline('ann')).toBe(false);
    expect((await node.totals()).connections).toBe(0);
  });
});

describe('figures', () => {
  it('[SES15] counted as people come and go, they are what a walk would find', async () => {
    const { connect, node } = await createNodeFixture();
    const guest = connect('ann', { isGuest: true });
    const clients = [
      connect('ann', {}, { deviceType: 'mobile' }),
      connect('bob', {}, { deviceType: 'tablet' }),
      connect(''),
    ];
    expect(node.figures()).toMatchObject({ connections: 4, users: 1 });
    guest.session.handleClosed(true);
    const devices = { mobile: 1, tablet: 1, desktop: 1, unknown: 0 };
    expect(node.figures()).toEqual({ connections: 3, users: 2, devices });
    const { users, connections } = await node.totals();
    expect(node.figures()).toMatchObject({ users, connections });
    for (const { session } of clients) session.handleClosed(true);
    const nobody = { mobile: 0, tablet: 0, desktop: 0, unknown: 0 };
    expect(node.figures()).toEqual({ connections: 0, users: 0, devices: nobody });
  });

  it('[CLU3] users and channels come by name, without guests and nameless people', async () => {
    const { connect, node } = await createNodeFixture();
    for (const user of ['cid', 'ann', 'bob', 'ann', '']) connect(user);
    connect('~guest', { isGuest: true });
    const first = await node.onlineUsers({ limit: 2 });
    expect(first.items.map(({ user, connections }) => [user, connections])).toEqual([
      ['ann', 2],
      ['bob', 1],
    ]);
    expect(first.hasMore).toBe(true);
    const rest = await node.onlineUsers({ limit: 2, after: 'bob' });
    expect(rest.items.map(({ user }) => user)).toEqual(['cid']);
    expect(rest.hasMore).toBe(false);
    expect((await node.onlineUsers({ limit: 2, prefix: 'b' })).items).toHaveLength(1);
    expect(await node.channelCounts({ limit: 2, pattern: 'nothing:*' })).toEqual({
      items: [],
      hasMore: false,
    });
  });
});

describe('orders', () => {
  it("[SES14] a disconnect reaches all of a user's sessions but the excepted", async () => {
    const { connect, node } = await createNodeFixture();
    const [kept, ...others] = [connect('ann'), connect('ann'), connect('ann')];
    const bystander = connect('bob');
    await node.disconnect('ann', {
      disconnect: DISCONNECTS.force_no_reconnect,
      except: [kept?.session.id ?? ''],
    });
    expect(kept?.session.state).toBe('ready');
    expect(bystander.session.state).toBe('ready');
    expect(others.map((client) => client.socket.closeFrame?.code)).toEqual([3503, 3503]);
  });

  it('[SES14] an order may name one session', async () => {
    const { connect, node } = await createNodeFixture();
    const [one, two] = [connect('ann'), connect('ann')];
    await node.disconnect('ann', {
      disconnect: DISCONNECTS.force_reconnect,
      client: two.session.id,
    });
    expect([one.session.state, two.session.state]).toEqual(['ready', 'draining']);
  });

  it('[SES14] the anonymous are not one user: an order must name the session', async () => {
    const { connect, node } = await createNodeFixture();
    const client = connect('');
    await node.disconnect('', { disconnect: DISCONNECTS.force_reconnect });
    expect(client.session.state).toBe('ready');
    expect(await node.subscribe('', 'live:1')).toMatchObject({ error: 'bad_request' });
    await node.disconnect('', {
      disconnect: DISCONNECTS.force_reconnect,
      client: client.session.id,
    });
    expect(client.session.state).toBe('draining');
  });

  it('[SES14] subscribe and unsubscribe act on every session of the user', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const clients = [connect('ann'), connect('ann')];
    expect((await node.subscribe('ann', 'closed:1')).ok).toBe(true);
    await clock.settle();
    expect(node.subscriberCount('closed:1')).toBe(2);
    await node.unsubscribe('ann', 'closed:1');
    expect(node.subscriberCount('closed:1')).toBe(0);
    for (const client of clients) {
      expect(client.unsubscribed).toEqual([
        { channel: 'closed:1', reason: { code: 2000, reason: 'server unsubscribe' } },
      ]);
    }
  });

  it('[CHN12] an ordered subscription asks no access rule and is announced', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const client = connect('ann');
    await node.subscribe('ann', 'closed:1');
    await clock.settle();
    expect(client.subscribed.map((each) => each.channel)).toEqual(['closed:1']);
    expect(await client.session.subscribe('closed:2', {})).toMatchObject({
      error: 'permission_denied',
    });
    expect((await client.session.subscribe('closed:2', { isServerSide: true })).ok).toBe(true);
    expect(client.subscribed).toHaveLength(1);
  });

  it('[SES14] a refresh moves the expiry, or ends the session', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const client = connect('ann', { expiresAt: clock.now() / 1000 + 10 });
    await node.refresh('ann', { isExpired: false, expiresAt: clock.now() / 1000 + 1_000 });
    await clock.advance(100_000);
    expect(client.session.state).toBe('ready');
    await node.refresh('ann', { isExpired: true });
    expect(client.socket.closeFrame?.code).toBe(3005);
  });
});
