import { describe, expect, it } from 'vitest';
import type { Fate } from '../../../testkit/src/simulation/faulty-broker.ts';
import {
  createFaultyFixture,
  createNodeFixture,
} from '../../../testkit/src/simulation/node-fixture.ts';
import type { NodeFixture, TestClient } from '../../../testkit/src/simulation/node-fixture.ts';

const offsets = (client: TestClient): number[] =>
  client.socket.lines.flatMap((line) => {
    const offset = /"offset":(\d+)/.exec(line)?.[1];
    return offset === undefined ? [] : [Number(offset)];
  });

/** Ann is subscribed by herself, Bob by the server. */
async function twoSubscribers(options: Parameters<typeof createFaultyFixture>[0] = {}) {
  const fixture = await createFaultyFixture(options);
  const [ann, bob] = [fixture.connect('ann'), fixture.connect('bob')];
  await ann.session.subscribe('ev:1', {});
  await bob.session.subscribe('ev:1', { isServerSide: true });
  return { ...fixture, ann, bob };
}

async function publish(fixture: NodeFixture, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await fixture.node.publish('ev:1', String(index));
  await fixture.clock.settle();
}

/** These fates in order, then all is well. */
const script =
  (...fates: Fate[]) =>
  (): Fate =>
    fates.shift() ?? 'deliver';

describe('gaps', () => {
  it('[REC5] a lost publication is delivered from history before its successor', async () => {
    const { ann, bob, faulty, ...fixture } = await twoSubscribers();
    faulty.fate = script('deliver', 'lose', 'lose');
    await publish(fixture, 5);
    expect(offsets(ann)).toEqual([1, 2, 3, 4, 5]);
    expect(offsets(bob)).toEqual([1, 2, 3, 4, 5]);
    expect(faulty.countOf('history', 'ev:1')).toBe(3);
  });

  it('[REC5] what arrives while a gap is being healed waits its turn', async () => {
    const { ann, faulty, clock, node } = await twoSubscribers();
    let release = (): void => {};
    faulty.beforeHistory = () => new Promise((resolve) => (release = resolve));
    faulty.fate = script('lose');
    for (let index = 0; index < 3; index += 1) await node.publish('ev:1', '0');
    await clock.settle();
    expect(offsets(ann)).toEqual([]);
    release();
    await clock.settle();
    await node.publish('ev:1', '0');
    await clock.settle();
    expect(offsets(ann)).toEqual([1, 2, 3, 4]);
  });

  it('[REC6] a gap that history cannot fill is said with 2500; what the server subscribed it subscribes again', async () => {
    const { ann, bob, faulty, ...fixture } = await twoSubscribers();
    await publish(fixture, 1);
    faulty.fate = script('lose');
    await fixture.node.publish('ev:1', '"lost"');
    await fixture.node.removeHistory('ev:1');
    await publish(fixture, 1);
    expect(ann.unsubscribed).toMatchObject([{ channel: 'ev:1', reason: { code: 2500 } }]);
    expect(bob.unsubscribed).toMatchObject([{ channel: 'ev:1', reason: { code: 2500 } }]);
    expect(bob.subscribed).toMatchObject([
      { channel: 'ev:1', result: { position: { offset: 3 } } },
    ]);
    expect(offsets(ann)).toEqual([1]);
    expect(fixture.node.subscriberCount('ev:1')).toBe(1);
    await publish(fixture, 1);
    expect(offsets(bob)).toEqual([1, 4]);
  });

  it('[REC6] a session whose own channel cannot be subscribed again is closed with 3010', async () => {
    const { bob, faulty, ...fixture } = await twoSubscribers({ limits: { maxJoinBuffer: 10 } });
    faulty.forget('ev:1');
    let release = (): void => {};
    faulty.beforeHistory = () => new Promise((resolve) => (release = resolve));
    await publish(fixture, 1);
    expect(bob.unsubscribed).toMatchObject([{ reason: { code: 2500 } }]);
    await publish(fixture, 11);
    release();
    await fixture.clock.settle();
    expect(bob.socket.closeFrame?.code).toBe(3010);
  });

  it('[REC6] a broker that cannot be asked leaves no hole either', async () => {
    const { ann, faulty, ...fixture } = await twoSubscribers();
    faulty.fate = script('lose');
    faulty.failing.add('history');
    await publish(fixture, 2);
    expect(ann.unsubscribed).toMatchObject([{ reason: { code: 2500 } }]);
    faulty.failing.clear();
    expect((await ann.session.subscribe('ev:1', {})).ok).toBe(true);
    await publish(fixture, 1);
    expect(offsets(ann)).toEqual([3]);
  });

  it('[REC7] a new epoch ends all positions', async () => {
    const { ann, bob, faulty, ...fixture } = await twoSubscribers();
    await publish(fixture, 3);
    faulty.forget('ev:1');
    await publish(fixture, 1);
    expect(ann.unsubscribed).toMatchObject([{ reason: { code: 2500 } }]);
    expect(bob.unsubscribed).toMatchObject([{ reason: { code: 2500 } }]);
    expect(bob.subscribed).toMatchObject([{ result: { position: { offset: 1 } } }]);
    const again = await ann.session.subscribe('ev:1', {});
    expect(again).toMatchObject({ value: { position: { offset: 1 } } });
    await publish(fixture, 1);
    expect(offsets(ann)).toEqual([1, 2, 3, 2]);
  });

  it('[REC7] a subscriber that finds a new epoch in history ends the old positions', async () => {
    const { ann, faulty, connect } = await twoSubscribers();
    faulty.forget('ev:1');
    const late = connect('cid');
    expect((await late.session.subscribe('ev:1', {})).ok).toBe(true);
    expect(ann.unsubscribed).toMatchObject([{ reason: { code: 2500 } }]);
    expect(late.unsubscribed).toEqual([]);
  });

  it('[REC8] repeated and late publications are dropped', async () => {
    const { ann, bob, faulty, ...fixture } = await twoSubscribers();
    faulty.fate = script('repeat', 'delay', 'delay', 'repeat');
    await publish(fixture, 5);
    faulty.releaseDelayed();
    await fixture.clock.settle();
    expect(offsets(ann)).toEqual([1, 2, 3, 4, 5]);
    expect(offsets(bob)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('position check', () => {
  it('[REC9] a lost last publication is found and healed within 10 s', async () => {
    const { ann, bob, faulty, ...fixture } = await twoSubscribers();
    await publish(fixture, 1);
    await fixture.clock.advance(30_000);
    faulty.fate = script('lose', 'lose');
    await publish(fixture, 2);
    expect(offsets(ann)).toEqual([1]);
    await fixture.clock.advance(10_000);
    expect(offsets(ann)).toEqual([1, 2, 3]);
    expect(offsets(bob)).toEqual([1, 2, 3]);
  });

  it('[REC9] a silent new epoch and a stream that fell back are found within 10 s', async () => {
    const { ann, faulty, clock } = await twoSubscribers();
    faulty.forget('ev:1');
    await clock.advance(10_000);
    expect(ann.unsubscribed).toMatchObject([{ reason: { code: 2500 } }]);
  });

  it('[REC9] one question per channel and interval, however many subscribers, and none while publications flow', async () => {
    const fixture = await createFaultyFixture();
    const { connect, clock, faulty, node } = fixture;
    for (let index = 0; index < 50; index += 1) {
      await connect(`user-${index}`).session.subscribe('ev:1', {});
    }
    const before = faulty.countOf('history', 'ev:1');
    await clock.advance(100_000);
    expect(faulty.countOf('history', 'ev:1') - before).toBeLessThanOrEqual(11);
    expect(faulty.countOf('history', 'ev:1') - before).toBeGreaterThanOrEqual(9);
    const quiet = faulty.countOf('history', 'ev:1');
    for (let index = 0; index < 20; index += 1) {
      await node.publish('ev:1', '1');
      await clock.advance(5_000);
    }
    expect(faulty.countOf('history', 'ev:1')).toBe(quiet);
  });

  it('[REC9] a broker that cannot lose deliveries is not asked', async () => {
    const { connect, clock, broker } = await createNodeFixture();
    expect(broker.deliversReliably).toBe(true);
    await connect('ann').session.subscribe('ev:1', {});
    let questions = 0;
    const { history } = broker;
    broker.history = (...query) => {
      questions += 1;
      return history.apply(broker, query);
    };
    await clock.advance(60_000);
    expect(questions).toBe(0);
  });

  it('[REC9] the questions of many channels are spread over the interval', async () => {
    const { connect, clock, faulty } = await createFaultyFixture();
    for (let index = 0; index < 100; index += 1) {
      await connect(`user-${index}`).session.subscribe(`ev:${index}`, {});
    }
    await clock.advance(20_000);
    const most: number[] = [];
    for (let second = 0; second < 10; second += 1) {
      const before = faulty.calls.length;
      await clock.advance(1_000);
      most.push(faulty.calls.length - before);
    }
    expect(most.reduce((sum, each) => sum + each, 0)).toBe(100);
    expect(Math.max(...most)).toBeLessThan(30);
  });
});
