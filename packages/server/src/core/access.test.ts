import { describe, expect, it } from 'vitest';
import {
  createNodeFixture,
  namespace,
  openPolicy,
} from '../../../testkit/src/simulation/node-fixture.ts';
import type { AccessRule } from '../ports/namespace.ts';
import type { ClientPublication } from '../ports/channel-policy.ts';

const RULES: readonly AccessRule[] = [
  'anyone',
  'authenticated',
  'owner',
  'member',
  'token',
  'none',
];
const NAMESPACES = RULES.map((rule) => namespace(rule, { subscribe: rule, publish: rule }));
/** Ann owns and is a member of `…:ann`; anybody else neither. */
const POLICY = openPolicy({
  isMember: (user, channel) => Promise.resolve(channel.endsWith(`:${user}`)),
});

describe('subscribing', () => {
  it('[CHN1] a channel of no namespace is refused with unknown_channel', async () => {
    const { connect, node } = await createNodeFixture();
    const { session } = connect('ann');
    for (const channel of ['nowhere:1', 'plain', ':x']) {
      expect(await session.subscribe(channel, {})).toMatchObject({ error: 'unknown_channel' });
    }
    expect(await node.publish('nowhere:1', '1')).toMatchObject({ error: 'unknown_channel' });
  });

  it('[CHN1] a name without a colon belongs to the default namespace, one with several to the first', async () => {
    const { connect } = await createNodeFixture({
      namespaces: [namespace('', {}), namespace('a', { historySize: 1, historyTtlMs: 1_000 })],
    });
    const { session } = connect('ann');
    expect((await session.subscribe('plain', {})).ok).toBe(true);
    expect((await session.history('a:b:c', { limit: 1 })).ok).toBe(true);
  });

  it('[CHN2] a name that is empty, too long or has control characters is refused', async () => {
    const { connect, node } = await createNodeFixture();
    const { session } = connect('ann');
    for (const channel of [
      '',
      `live:${'x'.repeat(251)}`,
      'live:a\nb',
      'live:\u0000',
      'live:\u007f',
    ]) {
      expect(await session.subscribe(channel, {})).toMatchObject({ error: 'bad_request' });
      expect(await node.publish(channel, '1')).toMatchObject({ error: 'bad_request' });
    }
    expect((await session.subscribe(`live:${'x'.repeat(250)}`, {})).ok).toBe(true);
  });

  it('[CHN3] internal channels are out of reach of clients', async () => {
    const { connect, node, clock } = await createNodeFixture({ isInsecure: true });
    const { session, socket } = connect('ann');
    expect(await session.subscribe('$private:x', {})).toMatchObject({ error: 'permission_denied' });
    expect(await session.publish('$private:x', '1', {})).toMatchObject({
      error: 'permission_denied',
    });
    expect(await session.history('$private:x', { limit: 1 })).toMatchObject({
      error: 'permission_denied',
    });
    expect((await session.subscribe('$private:x', { isServerSide: true })).ok).toBe(true);
    await node.publish('$private:x', '1');
    await clock.settle();
    expect(socket.lines).toEqual(['{"channel":"$private:x","data":1}']);
    expect((await node.channels()).size).toBe(0);
  });

  it('[CHN4] each rule lets in exactly whom it names', async () => {
    const { connect } = await createNodeFixture({ namespaces: NAMESPACES, policy: POLICY });
    const who: Record<string, string> = {};
    for (const rule of RULES) {
      const admitted: string[] = [];
      for (const user of ['', 'bob', 'ann']) {
        const outcome = await connect(user).session.subscribe(`${rule}:ann`, {});
        if (outcome.ok) admitted.push(user === '' ? 'anonymous' : user);
        else expect(outcome.error).toBe('permission_denied');
      }
      who[rule] = admitted.join(' ');
    }
    expect(who).toEqual({
      anyone: 'anonymous bob ann',
      authenticated: 'bob ann',
      owner: 'ann',
      member: 'ann',
      token: '',
      none: '',
    });
  });

  it('[CHN4] the answer is sought at each subscribe', async () => {
    let isMember = true;
    const { connect } = await createNodeFixture({
      namespaces: NAMESPACES,
      policy: openPolicy({ isMember: () => isMember }),
    });
    const { session } = connect('ann');
    expect((await session.subscribe('member:1', {})).ok).toBe(true);
    session.unsubscribe('member:1');
    isMember = false;
    expect((await session.subscribe('member:1', {})).ok).toBe(false);
  });

  it('[CHN6] a grant opens its one channel, for its user, until it expires', async () => {
    const { connect, clock } = await createNodeFixture({ namespaces: NAMESPACES, policy: POLICY });
    const grant = { user: 'ann', channel: 'token:1' };
    const expiresAt = clock.now() / 1000;
    const { session } = connect('ann');
    expect(await session.subscribe('token:2', { grant })).toMatchObject({
      error: 'permission_denied',
    });
    expect(await connect('bob').session.subscribe('token:1', { grant })).toMatchObject({
      error: 'permission_denied',
    });
    expect(await session.subscribe('token:1', { grant: { ...grant, expiresAt } })).toMatchObject({
      error: 'token_expired',
    });
    expect((await session.subscribe('token:1', { grant })).ok).toBe(true);
    expect(
      await session.subscribe('none:1', { grant: { user: 'ann', channel: 'none:1' } }),
    ).toMatchObject({ error: 'permission_denied' });
    const owned = { grant: { user: 'ann', channel: 'owner:bob' } };
    expect((await session.subscribe('owner:bob', owned)).ok).toBe(true);
  });

  it('[CHN7] insecure mode opens everything in known namespaces', async () => {
    const { connect } = await createNodeFixture({ namespaces: NAMESPACES, isInsecure: true });
    const { session } = connect('');
    for (const rule of RULES) {
      expect((await session.subscribe(`${rule}:1`, {})).ok).toBe(true);
      expect((await session.publish(`${rule}:1`, '1', {})).ok).toBe(true);
    }
    expect(await session.subscribe('nowhere:1', {})).toMatchObject({ error: 'unknown_channel' });
  });

  it('[CHN8] a session subscribes once per channel', async () => {
    const { connect } = await createNodeFixture();
    const { session } = connect('ann');
    const [first, second] = await Promise.all([
      session.subscribe('ev:1', {}),
      session.subscribe('ev:1', {}),
    ]);
    expect(first.ok).toBe(true);
    expect(second).toMatchObject({ error: 'already_subscribed' });
  });

  it('[CHN8] a session subscribes to at most 128 channels', async () => {
    const { connect } = await createNodeFixture();
    const { session } = connect('ann');
    for (let index = 0; index < 128; index += 1) {
      expect((await session.subscribe(`live:${index}`, {})).ok).toBe(true);
    }
    expect(await session.subscribe('live:128', {})).toMatchObject({ error: 'limit_exceeded' });
    session.unsubscribe('live:5');
    expect((await session.subscribe('live:128', {})).ok).toBe(true);
  });

  it('[CHN9] a subscription whose token expired ends with 2501 after the grace', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann');
    const expiresAt = clock.now() / 1000 + 10;
    const grant = { user: 'ann', channel: 'ticketed:1', expiresAt };
    expect(await client.session.subscribe('ticketed:1', { grant })).toMatchObject({
      value: { expiresAt },
    });
    await clock.advance(34_900);
    expect(client.unsubscribed).toEqual([]);
    await clock.advance(100);
    expect(client.unsubscribed).toMatchObject([{ reason: { code: 2501 } }]);
  });

  it('[CHN9] a refreshed subscription lives on', async () => {
    const { connect, clock } = await createNodeFixture();
    const client = connect('ann');
    const grant = { user: 'ann', channel: 'ticketed:1', expiresAt: clock.now() / 1000 + 10 };
    await client.session.subscribe('ticketed:1', { grant });
    await clock.advance(20_000);
    const renewed = { ...grant, expiresAt: clock.now() / 1000 + 100 };
    expect(client.session.refreshSubscription({ ...renewed, user: 'bob' }).ok).toBe(false);
    expect(client.session.refreshSubscription({ ...renewed, channel: 'live:1' }).ok).toBe(false);
    expect(client.session.refreshSubscription(renewed).ok).toBe(true);
    await clock.advance(110_000);
    expect(client.unsubscribed).toEqual([]);
  });
});

describe('publishing', () => {
  it('[CHN5] each rule lets publish exactly whom it names', async () => {
    const { connect } = await createNodeFixture({ namespaces: NAMESPACES, policy: POLICY });
    const who: Record<string, string> = {};
    for (const rule of RULES) {
      const admitted: string[] = [];
      for (const user of ['', 'bob', 'ann']) {
        const outcome = await connect(user).session.publish(`${rule}:ann`, '1', {});
        if (outcome.ok) admitted.push(user === '' ? 'anonymous' : user);
      }
      who[rule] = admitted.join(' ');
    }
    expect(who).toMatchObject({ anyone: 'anonymous bob ann', member: 'ann', token: '', none: '' });
  });

  it('[CHN5] a subscription token opens publishing while the subscription lasts', async () => {
    const { connect } = await createNodeFixture();
    const { session } = connect('ann');
    await session.subscribe('ticketed:1', { grant: { user: 'ann', channel: 'ticketed:1' } });
    expect((await session.publish('ticketed:1', '1', {})).ok).toBe(true);
    session.unsubscribe('ticketed:1');
    expect((await session.publish('ticketed:1', '1', {})).ok).toBe(false);
  });

  it('[CHN15] a publication tells its sender; the idempotency key comes back as cid and is the sender’s own', async () => {
    const { connect, node } = await createNodeFixture();
    const ann = connect('ann', { info: '{"name":"Ann"}' });
    const bob = connect('bob');
    const options = { idempotencyKey: 'k1' };
    await ann.session.publish('ev:1', '"a"', options);
    expect(await ann.session.publish('ev:1', '"again"', options)).toMatchObject({
      value: { duplicate: true },
    });
    expect(await bob.session.publish('ev:1', '"b"', options)).toMatchObject({
      value: { duplicate: false },
    });
    const history = await node.history('ev:1', { limit: -1 });
    expect(history.ok && history.value.publications).toMatchObject([
      {
        data: '"a"',
        info: { user: 'ann', client: ann.session.id, connInfo: '{"name":"Ann"}' },
        tags: { cid: 'k1' },
      },
      { data: '"b"', info: { user: 'bob' } },
    ]);
  });

  it('[CHN16] what the domain takes over is not published by the core', async () => {
    const taken: ClientPublication[] = [];
    const { connect, node } = await createNodeFixture({
      policy: openPolicy({
        handlePublish(publication) {
          if (!publication.channel.startsWith('room:')) return undefined;
          taken.push(publication);
          return Promise.resolve({ ok: true, value: { duplicate: false } });
        },
      }),
    });
    const { session } = connect('ann');
    expect((await session.publish('room:lobby', '{"message":"hi"}', {})).ok).toBe(true);
    expect(taken).toMatchObject([{ user: 'ann', channel: 'room:lobby', connectionId: session.id }]);
    expect(await node.history('room:lobby', { limit: -1 })).toMatchObject({
      value: { publications: [] },
    });
  });
});

describe('asking', () => {
  it('[CHN13] presence and history are for subscribers and those who might subscribe', async () => {
    const namespaces = [
      namespace('mine', {
        subscribe: 'owner',
        hasPresence: true,
        historySize: 5,
        historyTtlMs: 9_000,
      }),
      namespace('live', {}),
    ];
    const { connect } = await createNodeFixture({ namespaces });
    const [ann, bob] = [connect('ann').session, connect('bob').session];
    expect((await ann.history('mine:ann', { limit: 1 })).ok).toBe(true);
    expect((await ann.presence('mine:ann')).ok).toBe(true);
    expect(await bob.history('mine:ann', { limit: 1 })).toMatchObject({
      error: 'permission_denied',
    });
    expect(await bob.presenceStats('mine:ann')).toMatchObject({ error: 'permission_denied' });
    await bob.subscribe('mine:ann', { isServerSide: true });
    expect((await bob.presenceStats('mine:ann')).ok).toBe(true);
    expect(await ann.presence('live:1')).toMatchObject({ error: 'not_available' });
    expect(await ann.history('live:1', { limit: 1 })).toMatchObject({ error: 'not_available' });
    expect(await ann.history('nowhere:1', { limit: 1 })).toMatchObject({
      error: 'unknown_channel',
    });
  });

  it('[CHN14] namespaces that contradict themselves stop the start', async () => {
    const start = (...namespaces: ReturnType<typeof namespace>[]) =>
      createNodeFixture({ namespaces });
    await expect(start(namespace('a', { canRecover: true }))).rejects.toThrow(
      /"a": recovery needs/,
    );
    await expect(start(namespace('b', {}), namespace('b', {}))).rejects.toThrow(
      /"b" is defined twice/,
    );
    await expect(start(namespace('$c', {}))).rejects.toThrow(/"\$c": a name may not/);
    const both = {
      canRecover: true,
      historySize: 1,
      historyTtlMs: 1,
      slowConsumer: 'latest' as const,
    };
    await expect(start(namespace('d', both))).rejects.toThrow(/"d": slowConsumer "latest"/);
  });
});
