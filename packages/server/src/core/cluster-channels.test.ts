import { describe, expect, it } from 'vitest';
import { createClusterFixture } from '../../../testkit/src/simulation/cluster-fixture.ts';
import type { ClusterNode } from '../../../testkit/src/simulation/cluster-fixture.ts';
import { namespace } from '../../../testkit/src/simulation/node-fixture.ts';

const NAMESPACES = [
  namespace('ev', { historySize: 100, historyTtlMs: 60_000, canRecover: true }),
  namespace('open', { hasPresence: true, hasJoinLeave: true }),
  namespace('user', { historySize: 100, historyTtlMs: 60_000, canRecover: true }),
];

async function threeNodes() {
  const { clock, engine, nodes } = await createClusterFixture(3, { namespaces: NAMESPACES });
  const [here, there, elsewhere] = nodes as [ClusterNode, ClusterNode, ClusterNode];
  return { clock, engine, here, there, elsewhere };
}

const JOINS = { wantsJoinLeave: true };

describe('joins and leaves across nodes', () => {
  it('[CLU5] a user who is there on two nodes came once and leaves once', async () => {
    const { clock, here, there, elsewhere } = await threeNodes();
    const watcher = await elsewhere.enter('watcher');
    await watcher.session.subscribe('open:1', JOINS);
    await clock.settle();
    const one = await here.enter('ann');
    await one.session.subscribe('open:1', {});
    const two = await there.enter('ann');
    await two.session.subscribe('open:1', {});
    await clock.settle();
    expect(watcher.socket.lines).toEqual(['{"channel":"open:1","join":"ann"}']);
    one.session.handleClosed(true);
    await clock.settle();
    expect(watcher.socket.lines).toHaveLength(1);
    two.session.unsubscribe('open:1');
    await clock.settle();
    expect(watcher.socket.lines.slice(1)).toEqual(['{"channel":"open:1","leave":"ann"}']);
  });

  it('[CLU5] whoever comes back on another node within the grace has never been away', async () => {
    const { clock, here, there, elsewhere } = await threeNodes();
    const watcher = await elsewhere.enter('watcher');
    await watcher.session.subscribe('open:1', JOINS);
    const one = await here.enter('ann');
    await one.session.subscribe('open:1', {});
    await clock.settle();
    expect(watcher.socket.lines).toEqual(['{"channel":"open:1","join":"ann"}']);
    one.session.handleClosed(false);
    await clock.advance(9_000);
    const two = await there.enter('ann');
    await two.session.subscribe('open:1', {});
    await clock.advance(60_000);
    two.session.handleClosed(false);
    await clock.advance(9_900);
    expect(watcher.socket.lines).toHaveLength(1);
    await clock.advance(200);
    expect(watcher.socket.lines.slice(1)).toEqual(['{"channel":"open:1","leave":"ann"}']);
  });

  it('[CLU5] of two first connections at the same moment one is told', async () => {
    const { clock, here, there, elsewhere } = await threeNodes();
    const watcher = await elsewhere.enter('watcher');
    await watcher.session.subscribe('open:1', JOINS);
    const [one, two] = [await here.enter('ann'), await there.enter('ann')];
    await Promise.all([one.session.subscribe('open:1', {}), two.session.subscribe('open:1', {})]);
    await clock.settle();
    expect(watcher.socket.lines).toEqual(['{"channel":"open:1","join":"ann"}']);
  });

  it('[CLU5] anonymous connections are each somebody, on every node', async () => {
    const { clock, here, there } = await threeNodes();
    const watcher = await there.enter('watcher');
    await watcher.session.subscribe('open:1', JOINS);
    for (const each of [here, there]) {
      await (await each.enter('')).session.subscribe('open:1', { isServerSide: true });
    }
    await clock.settle();
    expect(watcher.socket.lines).toHaveLength(2);
  });

  it('[CLU5] a join and a leave say how many are there, in the whole cluster', async () => {
    const { clock, here, there, elsewhere } = await threeNodes();
    const counts: (number | undefined)[] = [];
    await elsewhere.link.parts.broker.subscribe('open:1');
    elsewhere.link.brokerHandler = {
      handleEvent: (_channel, event) => {
        if (event.type !== 'publication') counts.push(event.clients);
      },
    };
    for (const [each, user] of [
      [here, 'ann'],
      [there, 'bob'],
      [there, 'ann'],
    ] as const) {
      await (await each.enter(user)).session.subscribe('open:1', {});
    }
    const cid = await here.enter('cid');
    await cid.session.subscribe('open:1', {});
    await clock.settle();
    cid.session.handleClosed(true);
    await clock.settle();
    expect(counts).toEqual([1, 2, 4, 3]);
  });

  it('[CLU5] while the engine is away each node tells its own', async () => {
    const { clock, engine, here } = await threeNodes();
    const watcher = await here.enter('watcher');
    await watcher.session.subscribe('open:1', JOINS);
    await clock.settle();
    engine.goDown();
    await (await here.enter('ann')).session.subscribe('open:1', {});
    await clock.settle();
    expect(watcher.socket.lines).toEqual(['{"channel":"open:1","join":"ann"}']);
  });
});

describe('a broker that is away', () => {
  it('[CLU6] when it is back, what was published meanwhile is found within 2 s', async () => {
    const { clock, here, there } = await threeNodes();
    const client = await here.enter('ann');
    for (let index = 0; index < 20; index += 1) await client.session.subscribe(`ev:${index}`, {});
    here.link.cut();
    for (let index = 0; index < 20; index += 1) await there.node.publish(`ev:${index}`, '1');
    await clock.advance(5_000);
    expect(client.socket.lines).toEqual([]);
    here.link.heal();
    await clock.advance(1_000);
    const afterOne = client.socket.lines.length;
    expect(afterOne).toBeGreaterThan(0);
    expect(afterOne).toBeLessThan(20);
    await clock.advance(1_200);
    expect(client.socket.lines).toHaveLength(20);
    expect(client.session.state).toBe('ready');
    expect(client.unsubscribed).toEqual([]);
  });

  it('[CLU6] when it comes back without its data, everybody with a position is told', async () => {
    const { clock, engine, here, there } = await threeNodes();
    await there.node.publish('ev:1', '1');
    const client = await here.enter('ann');
    await client.session.subscribe('ev:1', {});
    engine.goDown();
    engine.comeBack(true);
    await clock.advance(2_200);
    expect(client.unsubscribed).toMatchObject([{ channel: 'ev:1', reason: { code: 2500 } }]);
  });

  it("[CLU7] meanwhile this node's publications still reach its own, and nobody is sent away", async () => {
    const { clock, engine, here } = await threeNodes();
    const client = await here.enter('ann');
    await client.session.subscribe('ev:1', {});
    engine.goDown();
    expect(await here.node.publish('ev:1', '"local"')).toMatchObject({ error: 'internal' });
    await clock.advance(60_000);
    expect(client.socket.lines).toEqual(['{"channel":"ev:1","data":"local"}']);
    engine.comeBack(false);
    await here.node.publish('ev:1', '"after"');
    await clock.advance(2_200);
    expect(client.socket.lines.slice(1)).toEqual(['{"channel":"ev:1","data":"after","offset":1}']);
    expect(client.unsubscribed).toEqual([]);
    expect(client.session.state).toBe('ready');
  });

  it('[CLU7] meanwhile one may connect and subscribe, and is told to do so again when it is back', async () => {
    const { clock, engine, here } = await threeNodes();
    engine.goDown();
    const client = await here.enter('ann');
    const last = { epoch: 'old', offset: 7 };
    const reply = await client.session.subscribe('ev:1', { recoverFrom: last });
    expect(reply).toMatchObject({
      ok: true,
      value: { wasRecovering: true, hasRecovered: false, position: { epoch: '', offset: 0 } },
    });
    await here.node.publish('ev:1', '"local"');
    await clock.advance(20_000);
    expect(client.socket.lines).toEqual(['{"channel":"ev:1","data":"local"}']);
    expect(client.unsubscribed).toEqual([]);
    engine.comeBack(false);
    await clock.advance(2_200);
    expect(client.unsubscribed).toMatchObject([{ channel: 'ev:1', reason: { code: 2500 } }]);
    expect(await client.session.subscribe('ev:1', {})).toMatchObject({ ok: true });
  });

  it('[CLU7] one who comes meanwhile stands where the others on this node stand', async () => {
    const { clock, engine, here, there } = await threeNodes();
    await (await here.enter('bob')).session.subscribe('ev:1', {});
    await here.node.publish('ev:1', '1');
    await clock.settle();
    engine.goDown();
    const client = await here.enter('ann');
    const position = { epoch: engine.streamOf('ev:1').epoch, offset: 1 };
    const reply = await client.session.subscribe('ev:1', { recoverFrom: position });
    expect(reply).toMatchObject({ ok: true, value: { hasRecovered: true, position } });
    engine.comeBack(false);
    await there.node.publish('ev:1', '2');
    await clock.advance(2_200);
    expect(client.socket.lines).toEqual(['{"channel":"ev:1","data":2,"offset":2}']);
    expect(client.unsubscribed).toEqual([]);
  });
});
