import { describe, expect, it } from 'vitest';
import { createNodeFixture } from '../../../testkit/src/simulation/node-fixture.ts';

describe('limits', () => {
  it('[SES10] one connection too many is refused as "Server is full"', async () => {
    const { connect, open } = await createNodeFixture({ limits: { maxConnections: 2 } });
    const first = connect('ann');
    connect('bob');
    const third = open();
    expect(await third.session.authenticate({ user: 'cid' })).toEqual({
      ok: false,
      error: 'limit_exceeded',
      message: 'Server is full',
    });
    first.session.handleClosed(true);
    expect((await third.session.authenticate({ user: 'cid' })).ok).toBe(true);
  });

  it("[SES11] with `reject`, a user's connection too many is refused", async () => {
    const { connect, open } = await createNodeFixture({ limits: { maxConnectionsPerUser: 2 } });
    connect('ann');
    connect('ann');
    expect(await open().session.authenticate({ user: 'ann' })).toMatchObject({
      error: 'limit_exceeded',
      message: 'Too many connections',
    });
    expect((await open().session.authenticate({ user: 'bob' })).ok).toBe(true);
  });

  it("[SES11] with `evict-oldest`, the user's oldest connection makes room", async () => {
    const { connect, node } = await createNodeFixture({
      limits: { maxConnectionsPerUser: 2, tooManyConnectionsPolicy: 'evict-oldest' },
    });
    const [first, second] = [connect('ann'), connect('ann')];
    const third = connect('ann');
    expect(first.socket.closeFrame?.code).toBe(3504);
    expect(second.session.state).toBe('ready');
    connect('ann');
    expect(second.socket.closeFrame?.code).toBe(3504);
    expect(third.session.state).toBe('ready');
    expect(await node.connectionsOfUser('ann')).toHaveLength(2);
  });

  it('[SES11] anonymous people are not counted as one user', async () => {
    const { connect } = await createNodeFixture({ limits: { maxConnectionsPerUser: 1 } });
    connect('');
    expect(connect('').session.state).toBe('ready');
  });

  it('[SES12] publications of a connection are limited, and come back with time', async () => {
    const { connect, clock } = await createNodeFixture({
      limits: { publishPerConnection: { burst: 2, perSecond: 1 } },
    });
    const { session } = connect('ann');
    expect((await session.publish('live:1', '1', {})).ok).toBe(true);
    expect((await session.publish('live:1', '2', {})).ok).toBe(true);
    expect(await session.publish('live:1', '3', {})).toMatchObject({ error: 'too_many_requests' });
    await clock.advance(1_000);
    expect((await session.publish('live:1', '4', {})).ok).toBe(true);
    expect((await session.publish('live:1', '5', {})).ok).toBe(false);
  });

  it("[SES12] reconnecting does not refill a user's rate", async () => {
    const { connect } = await createNodeFixture({
      limits: { publishPerUser: { burst: 2, perSecond: 1 } },
    });
    const outcomes: boolean[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { session } = connect('ann');
      outcomes.push((await session.publish('live:1', '1', {})).ok);
      session.handleClosed(true);
    }
    expect(outcomes).toEqual([true, true, false]);
    expect((await connect('bob').session.publish('live:1', '1', {})).ok).toBe(true);
  });

  it('[SES12] commands are limited per connection and per user', async () => {
    const { connect } = await createNodeFixture({
      limits: {
        commandsPerConnection: { burst: 2, perSecond: 1 },
        commandsPerUser: { burst: 3, perSecond: 1 },
      },
    });
    const [one, two] = [connect('ann').session, connect('ann').session];
    expect([one, one, one].map((session) => session.allowsCommand())).toEqual([true, true, false]);
    expect([two, two].map((session) => session.allowsCommand())).toEqual([true, false]);
  });
});

describe('drain', () => {
  it('[SES13] a drain closes everybody with 3001 in paced batches and refuses newcomers', async () => {
    const { connect, open, node, clock } = await createNodeFixture();
    const unauthenticated = open();
    const clients = Array.from({ length: 100 }, (_, index) => connect(`user-${index}`));
    const closed = (): number => clients.filter((client) => client.socket.closeFrame).length;
    const drained = node.drain({ durationMs: 1_000, batchIntervalMs: 100, minBatchSize: 1 });
    expect(node.isDraining).toBe(true);
    expect(closed()).toBe(11);
    await clock.advance(400);
    expect(closed()).toBeGreaterThan(40);
    expect(closed()).toBeLessThan(60);
    expect(await open().session.authenticate({ user: 'late' })).toMatchObject({
      error: 'shutting_down',
    });
    await clock.advance(600);
    await drained;
    expect(closed()).toBe(100);
    expect(unauthenticated.socket.closeFrame?.code).toBe(3001);
    expect(new Set(clients.map((client) => client.socket.closeFrame?.code))).toEqual(
      new Set([3001]),
    );
  });

  it('[SES13] a set pace is kept, though the drain take longer', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const clients = Array.from({ length: 100 }, (_, index) => connect(`user-${index}`));
    const closed = (): number => clients.filter((client) => client.socket.closeFrame).length;
    const drained = node.drain({ durationMs: 1_000, maxPerSecond: 25 });
    const perSecond: number[] = [];
    for (let second = 0, before = 0; closed() < 100; second += 1, before = closed()) {
      await clock.advance(1_000);
      perSecond.push(closed() - before);
      expect(second).toBeLessThan(10);
    }
    await drained;
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(27);
    expect(perSecond).toHaveLength(4);
  });

  it('[SES13] a pace of less than one connection per batch is kept too', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const clients = Array.from({ length: 6 }, () => connect('ann'));
    const drained = node.drain({ durationMs: 100, maxPerSecond: 2 });
    await clock.advance(1_000);
    expect(clients.filter((client) => client.socket.closeFrame)).toHaveLength(2);
    await clock.advance(2_000);
    await drained;
    expect(clients.every((client) => client.socket.closeFrame !== undefined)).toBe(true);
  });

  it('[SES13] a second drain hurries the first', async () => {
    const { connect, node, clock } = await createNodeFixture();
    const clients = Array.from({ length: 50 }, () => connect('ann'));
    const first = node.drain({ durationMs: 60_000, minBatchSize: 1 });
    await clock.advance(1_000);
    const second = node.drain({ durationMs: 0, minBatchSize: 1_000 });
    await second;
    expect(clients.every((client) => client.socket.closeFrame !== undefined)).toBe(true);
    await clock.advance(100);
    await first;
  });

  it('[SES13] closing the node sends away whoever is left', async () => {
    const { connect, node } = await createNodeFixture();
    const client = connect('ann');
    await node.close();
    expect(client.socket.closeFrame?.code).toBe(3001);
  });
});
