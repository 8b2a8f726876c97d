import { describe, expect, it } from 'vitest';
import { createNodeFixture } from '../../../testkit/src/simulation/node-fixture.ts';

const NATIVE = { intervalMs: 25_000, timeoutMs: 8_000, message: '{}' };
const CHAT = { intervalMs: 10_000, timeoutMs: 30_000, message: '{"type":"ping"}' };

describe('session', () => {
  it('[SES1] a session that does not authenticate within 10 s is closed with 3502', async () => {
    const { open, clock } = await createNodeFixture();
    const client = open();
    await clock.advance(9_900);
    expect(client.session.state).toBe('connecting');
    await clock.advance(100);
    expect(client.session.state).toBe('draining');
    expect(client.socket.closeFrame?.code).toBe(3502);
  });

  it('[SES1] an authenticated session is not stale', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann');
    await clock.advance(60_000);
    expect(client.session.state).toBe('ready');
  });

  it('[SES2] a session that is not ready is refused every command', async () => {
    const { open, node, clock } = await createNodeFixture();
    const client = open();
    expect(await client.session.subscribe('ev:1', {})).toMatchObject({ error: 'not_available' });
    expect(await client.session.publish('ev:1', '1', {})).toMatchObject({ error: 'not_available' });
    expect(await client.session.history('ev:1', { limit: 1 })).toMatchObject({
      error: 'not_available',
    });
    expect(await client.session.presence('open:1')).toMatchObject({ error: 'not_available' });
    expect(client.session.refresh({ user: 'ann' })).toMatchObject({ error: 'not_available' });
    await clock.settle();
    expect((await node.channels()).size).toBe(0);
  });

  it('[SES2] a session that was disconnected is refused every command', async () => {
    const { connect } = await createNodeFixture();
    const client = connect('ann');
    client.session.disconnect({ code: 3503, reason: 'force disconnect' });
    expect(await client.session.subscribe('ev:1', {})).toMatchObject({ error: 'not_available' });
    expect((await client.session.authenticate({ user: 'ann' })).ok).toBe(false);
  });

  it('[SES3] a session authenticates once', async () => {
    const { connect } = await createNodeFixture();
    const client = connect('ann');
    expect(await client.session.authenticate({ user: 'bob' })).toMatchObject({
      error: 'bad_request',
    });
    expect(client.session.user).toBe('ann');
  });

  it('[SES3] an expired identity neither authenticates nor refreshes', async () => {
    const { open, connect, clock } = await createNodeFixture();
    const expiresAt = clock.now() / 1000 - 1;
    expect(await open().session.authenticate({ user: 'ann', expiresAt })).toMatchObject({
      error: 'token_expired',
    });
    expect(connect('ann').session.refresh({ user: 'ann', expiresAt })).toMatchObject({
      error: 'token_expired',
    });
  });

  it('[SES3] a refresh for another user is refused', async () => {
    const { connect } = await createNodeFixture();
    expect(connect('ann').session.refresh({ user: 'bob' })).toMatchObject({
      error: 'unauthorized',
    });
  });

  it('[SES4] expiry is announced, and closes with 3005 after 25 s', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann', { expiresAt: clock.now() / 1000 + 60 });
    await clock.advance(59_900);
    expect(client.expiring.count).toBe(0);
    await clock.advance(100);
    expect(client.expiring.count).toBe(1);
    await clock.advance(24_900);
    expect(client.session.state).toBe('ready');
    await clock.advance(100);
    expect(client.socket.closeFrame?.code).toBe(3005);
  });

  it('[SES4] a refresh within the grace lets the session live on', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann', { expiresAt: clock.now() / 1000 + 10 });
    await clock.advance(20_000);
    client.session.refresh({ user: 'ann', expiresAt: clock.now() / 1000 + 100 });
    await clock.advance(99_000);
    expect(client.session.state).toBe('ready');
    await clock.advance(27_000);
    expect(client.socket.closeFrame?.code).toBe(3005);
  });

  it('[SES4] a wall clock that was set back makes an identity last longer', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann', { expiresAt: clock.now() / 1000 + 10 });
    clock.shiftWallClock(-60_000);
    await clock.advance(60_000);
    expect(client.session.state).toBe('ready');
    expect(client.expiring.count).toBe(0);
    await clock.advance(10_000);
    expect(client.expiring.count).toBe(1);
  });

  it('[SES4] a protocol may end the session when it is told of the expiry', async () => {
    const { open, clock } = await createNodeFixture();
    const client = open({
      heartbeat: NATIVE,
      listener: {
        handleSubscribed() {},
        handleUnsubscribed() {},
        handleDisconnect: (_session, disconnect) => disconnect,
        handleExpiring: (session) => session.disconnect({ code: 1008, reason: 'Unauthorized' }),
      },
    });
    await client.session.authenticate({ user: 'ann', expiresAt: clock.now() / 1000 + 10 });
    await clock.advance(10_000);
    expect(client.socket.closeFrame?.code).toBe(1008);
    await clock.advance(120_000);
    expect(client.socket.lines).toEqual([]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('[SES5] the first ping comes within [interval/2, interval), then every interval', async () => {
    const { connect, clock } = await createNodeFixture();
    const firsts: number[] = [];
    const clients = Array.from({ length: 50 }, () => connect('', {}, { heartbeat: NATIVE }));
    for (let second = 1; second <= 25; second += 1) {
      await clock.advance(1_000);
      for (const client of clients) {
        client.session.handleFrame();
        if (client.socket.take().includes('{}')) firsts.push(second);
      }
    }
    expect(firsts).toHaveLength(50);
    expect(Math.min(...firsts)).toBeGreaterThan(12);
    expect(new Set(firsts).size).toBeGreaterThan(5);
    for (let second = 1; second <= 25; second += 1) {
      await clock.advance(1_000);
      for (const client of clients) client.session.handleFrame();
    }
    for (const client of clients) expect(client.socket.take()).toEqual(['{}']);
  });

  it('[SES5] data does not replace a ping', async () => {
    const { connect, clock, node } = await createNodeFixture();
    const client = connect('ann', {}, { heartbeat: NATIVE });
    await client.session.subscribe('live:1', {});
    for (let second = 0; second < 25; second += 1) {
      await node.publish('live:1', '1');
      await clock.advance(1_000);
      client.session.handleFrame();
    }
    expect(client.socket.lines.filter((line) => line === '{}')).toHaveLength(1);
  });

  it('[SES6] an unanswered ping closes with 3012 after the time-out', async () => {
    const { connect, clock } = await createNodeFixture({});
    const client = connect('ann', {}, { heartbeat: NATIVE });
    while (client.socket.take().length === 0) await clock.advance(100);
    await clock.advance(7_900);
    expect(client.session.state).toBe('ready');
    await clock.advance(100);
    expect(client.socket.closeFrame?.code).toBe(3012);
  });

  it('[SES6] a time-out longer than the interval counts from the last frame', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann', {}, { heartbeat: CHAT });
    await clock.advance(12_000);
    client.session.handleFrame();
    await clock.advance(29_900);
    expect(client.session.state).toBe('ready');
    await clock.advance(100);
    expect(client.socket.closeFrame?.code).toBe(3012);
  });

  it('[SES6] any frame counts as life', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann', {}, { heartbeat: NATIVE });
    for (let round = 0; round < 100; round += 1) {
      await clock.advance(5_000);
      client.session.handleFrame();
    }
    expect(client.session.state).toBe('ready');
  });

  it('[SES7] a process that stood still does not take its clients for silent', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann', {}, { heartbeat: NATIVE });
    while (client.socket.take().length === 0) await clock.advance(100);
    clock.stall(60_000);
    await clock.advance(1_000);
    expect(client.session.state).toBe('ready');
    await clock.advance(8_000);
    expect(client.session.state).toBe('draining');
  });

  it('[SES8] a disconnect writes what was queued, then the last words, then the close frame', async () => {
    const { open, clock } = await createNodeFixture();
    const client = open({
      listener: {
        handleSubscribed() {},
        handleUnsubscribed() {},
        handleDisconnect(session) {
          session.send('last words');
          return { code: 1008, reason: 'Unauthorized' };
        },
      },
    });
    client.session.send('reply');
    client.session.disconnect({ code: 3500, reason: 'invalid token' });
    expect(client.socket.writes).toEqual([['reply', 'last words']]);
    expect(client.socket.closeFrame).toEqual({ code: 1008, reason: 'Unauthorized' });
    client.session.send('too late');
    await clock.settle();
    client.session.handleClosed(true);
    client.session.send('too late');
    await clock.settle();
    expect(client.socket.lines).toHaveLength(2);
    expect(client.session.state).toBe('closed');
  });

  it('[SES9] however a session ends, it leaves registry and channels at once', async () => {
    const { connect, node } = await createNodeFixture();
    const ends = [
      (client: ReturnType<typeof connect>) => client.session.handleClosed(true),
      (client: ReturnType<typeof connect>) => client.session.handleClosed(false),
      (client: ReturnType<typeof connect>) =>
        client.session.disconnect({ code: 3503, reason: 'force disconnect' }),
    ];
    for (const end of ends) {
      const client = connect('ann');
      await client.session.subscribe('ev:1', {});
      expect(node.subscriberCount('ev:1')).toBe(1);
      end(client);
      expect(node.subscriberCount('ev:1')).toBe(0);
      expect(await node.isOnline('ann')).toBe(false);
    }
  });

  it('[SES9] a second end does nothing', async () => {
    const { connect } = await createNodeFixture();
    const client = connect('ann');
    client.session.disconnect({ code: 3503, reason: 'force disconnect' });
    client.session.disconnect({ code: 3001, reason: 'shutdown' });
    client.session.handleClosed(true);
    client.session.handleClosed(false);
    expect(client.disconnects).toHaveLength(1);
    expect(client.socket.closeFrame?.code).toBe(3503);
  });
});
