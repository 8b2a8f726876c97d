import { describe, expect, it } from 'vitest';
import { createClusterFixture } from '../../../testkit/src/simulation/cluster-fixture.ts';
import type { ClusterNode } from '../../../testkit/src/simulation/cluster-fixture.ts';
import { openPolicy } from '../../../testkit/src/simulation/node-fixture.ts';
import type { FixtureOptions } from '../../../testkit/src/simulation/node-fixture.ts';

async function twoNodes(options: FixtureOptions = {}) {
  const { clock, engine, nodes } = await createClusterFixture(2, options);
  const [here, there] = nodes as [ClusterNode, ClusterNode];
  return { clock, engine, here, there };
}

describe('connections of several nodes', () => {
  it('[CLU1] every node answers for the connections of all', async () => {
    const { here, there } = await twoNodes();
    const phone = await here.enter('ann', {}, { deviceType: 'mobile' });
    const desk = await there.enter('ann');
    await there.enter('~bob', { isGuest: true });
    for (const { node } of [here, there]) {
      const found = await node.connectionsOfUser('ann');
      expect(found.map(({ connectionId }) => connectionId).toSorted()).toEqual(
        [phone.session.id, desk.session.id].toSorted(),
      );
      expect(await node.connection(desk.session.id)).toMatchObject({ user: 'ann' });
      expect(await node.connectionsByDevice('mobile')).toHaveLength(1);
      expect(await node.isOnline('ann')).toBe(true);
      expect(await node.totals()).toEqual({
        users: 1,
        connections: 3,
        byUser: new Map([['ann', 2]]),
      });
    }
    expect(here.node.local.totals()).toMatchObject({ connections: 1 });
    desk.session.handleClosed(true);
    expect(await here.node.connectionsOfUser('ann')).toHaveLength(1);
  });

  it("[CLU1] a user's limit holds across the nodes, the limit of a process does not", async () => {
    const { here, there } = await twoNodes({
      limits: { maxConnectionsPerUser: 2, maxConnections: 2 },
    });
    await here.enter('ann');
    await there.enter('ann');
    expect(await here.open().session.authenticate({ user: 'ann' })).toEqual({
      ok: false,
      error: 'limit_exceeded',
      message: 'Too many connections',
    });
    await here.enter('bob');
    expect(await here.open().session.authenticate({ user: 'cid' })).toMatchObject({
      message: 'Server is full',
    });
    await there.enter('cid');
  });

  it('[CLU1] the oldest connection makes room, on whichever node it is', async () => {
    const { clock, here, there } = await twoNodes({
      limits: { maxConnectionsPerUser: 1, tooManyConnectionsPolicy: 'evict-oldest' },
    });
    const first = await here.enter('ann');
    await clock.advance(10);
    const second = await there.enter('ann');
    await clock.settle();
    expect(first.socket.closeFrame?.code).toBe(3504);
    expect(second.session.state).toBe('ready');
    await clock.advance(10);
    await there.enter('ann');
    expect(second.socket.closeFrame?.code).toBe(3504);
  });

  it('[CLU1] connections whose answer is still to come count for the limit of the process', async () => {
    const { here } = await twoNodes({ limits: { maxConnections: 2 } });
    const outcomes = await Promise.all(
      ['ann', 'bob', 'cid'].map(async (user) => here.open().session.authenticate({ user })),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false]);
  });

  it('[CLU1] a connection that ends while it is being entered leaves nothing behind', async () => {
    const { clock, here, there } = await twoNodes();
    const client = here.open();
    const entering = client.session.authenticate({ user: 'ann' });
    expect(await client.session.authenticate({ user: 'ann' })).toMatchObject({
      error: 'bad_request',
    });
    client.session.handleClosed(false);
    expect(await entering).toMatchObject({ ok: false, error: 'not_available' });
    await clock.settle();
    expect(client.session.state).toBe('closed');
    expect(await there.node.totals()).toMatchObject({ connections: 0 });
    expect(here.node.local.totals()).toMatchObject({ connections: 0 });
  });

  it('[CLU2] connections and presence of a node that died end by themselves', async () => {
    const { clock, here, there } = await twoNodes();
    const client = await here.enter('ann');
    await client.session.subscribe('open:1', {});
    await there.enter('bob');
    here.link.crash();
    await clock.advance(10_000);
    expect(await there.node.totals()).toMatchObject({ connections: 1 });
    expect(await there.node.isOnline('ann')).toBe(false);
    expect(await there.node.presence('open:1')).toMatchObject({ value: [] });
  });

  it('[CLU3] an order reaches its connections on every node', async () => {
    const { clock, here, there } = await twoNodes();
    const [one, two] = [await here.enter('ann'), await there.enter('ann')];
    await here.node.subscribe('ann', 'live:1');
    await clock.settle();
    expect([one, two].map(({ subscribed }) => subscribed[0]?.channel)).toEqual([
      'live:1',
      'live:1',
    ]);
    await there.node.disconnect('ann', { disconnect: { code: 3503, reason: 'force disconnect' } });
    await clock.settle();
    expect([one, two].map(({ socket }) => socket.closeFrame?.code)).toEqual([3503, 3503]);
  });

  it('[CLU3] a question is answered by all nodes, and waits for none too long', async () => {
    const { clock, here, there } = await twoNodes();
    for (const each of [here, there, there]) {
      const { session } = await each.enter('ann');
      await session.subscribe('live:1', {});
    }
    await (await there.enter('bob')).session.subscribe('live:2', {});
    const channels = await here.node.channels('live:*');
    expect(channels).toEqual(
      new Map([
        ['live:1', 3],
        ['live:2', 1],
      ]),
    );
    await clock.advance(5_000);
    const nodes = await here.node.nodes();
    const shared = { version: '1.2.3', kind: 'websocket', uptimeMs: 5_000 };
    expect(nodes.toSorted((one, two) => one.id.localeCompare(two.id))).toEqual([
      { ...shared, id: 'n1', name: 'node n1', connections: 1, users: 1, channels: 1 },
      { ...shared, id: 'n2', name: 'node n2', connections: 3, users: 2, channels: 2 },
    ]);
    there.link.delayMs = () => 60_000;
    const asked = here.node.nodes();
    await clock.advance(1_000);
    expect((await asked).map(({ id }) => id)).toEqual(['n1']);
  });

  it('[CLU3] a request reaches the node it names, this one without the engine', async () => {
    const { clock, here, there } = await twoNodes();
    const heard: string[] = [];
    for (const { node } of [here, there]) {
      node.answerRequests(({ data }) => {
        heard.push(`${node.nodeId} ${data}`);
        return { type: 'emulation', isDelivered: true };
      });
    }
    const frames = (data: string) => ({ type: 'emulation', session: 's', data }) as const;
    const answered = Promise.all([
      here.node.request(there.node.nodeId, frames('there')),
      here.node.request(here.node.nodeId, frames('here')),
      here.node.request('nobody', frames('nobody')),
    ]);
    await clock.settle();
    const delivered = { type: 'emulation', isDelivered: true };
    expect(await answered).toEqual([delivered, delivered, undefined]);
    expect(heard.toSorted()).toEqual(
      [`${here.node.nodeId} here`, `${there.node.nodeId} there`].toSorted(),
    );
  });

  it('[CLU8] what one node says is no longer true every node hears', async () => {
    const heard: string[] = [];
    const handleInvalidate = (_what: string, id: string): void => void heard.push(id);
    const { clock, here } = await twoNodes({ policy: openPolicy({ handleInvalidate }) });
    await here.node.invalidate('conversation', 'c1');
    await clock.settle();
    expect(heard).toEqual(['c1', 'c1']);
  });
});

describe('rates of several nodes', () => {
  const limits = {
    publishPerUser: { burst: 10, perSecond: 1 },
    publishPerConnection: { burst: 100, perSecond: 100 },
    rateExchangeIntervalMs: 200,
  };
  const publishAll = async (session: { publish: ClusterPublish }, count: number) => {
    let accepted = 0;
    for (let index = 0; index < count; index += 1) {
      if ((await session.publish('live:1', '1', {})).ok) accepted += 1;
    }
    return accepted;
  };
  type ClusterPublish = (
    channel: string,
    data: string,
    options: object,
  ) => Promise<{ ok: boolean }>;

  it('[CLU4] what a user takes on one node is missing on the others an interval later', async () => {
    const { clock, here, there } = await twoNodes({ limits });
    const [one, two] = [await here.enter('ann'), await there.enter('ann')];
    expect(await publishAll(one.session, 9)).toBe(9);
    expect(await publishAll(two.session, 1)).toBe(1);
    await clock.advance(300);
    expect(await publishAll(two.session, 5)).toBe(0);
    expect(await publishAll((await there.enter('bob')).session, 12)).toBe(10);
  });

  it('[CLU4] what was taken too much at once is owed: in the long run the rate holds', async () => {
    const { clock, here, there } = await twoNodes({ limits });
    const [one, two] = [await here.enter('ann'), await there.enter('ann')];
    expect(await publishAll(one.session, 20)).toBe(10);
    expect(await publishAll(two.session, 20)).toBe(10);
    await clock.advance(9_500);
    expect(await publishAll(one.session, 20)).toBe(0);
    expect(await publishAll(two.session, 20)).toBe(0);
    await clock.advance(2_000);
    expect(await publishAll(one.session, 20)).toBe(1);
  });

  it('[CLU4] while the engine is away each node decides alone', async () => {
    const { clock, engine, here, there } = await twoNodes({ limits });
    const sessions = [await here.enter('ann'), await there.enter('ann')];
    engine.goDown();
    for (const { session } of sessions) {
      const errors: (string | undefined)[] = [];
      for (let index = 0; index < 11; index += 1) {
        const outcome = await session.publish('live:1', '1', {});
        errors.push(outcome.ok ? undefined : outcome.error);
        await clock.advance(10);
      }
      // The broker is away as well, but it was asked ten times.
      expect(errors).toEqual([
        ...Array.from({ length: 10 }, () => 'internal'),
        'too_many_requests',
      ]);
    }
  });
});
