import { describe, expect, it } from 'vitest';
import { brokerContract } from '../../../../testkit/src/contracts/broker-contract.ts';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { createSeededRandom } from '../../../../testkit/src/seeded-random.ts';
import type { ChannelEvent } from '@carillon/protocol';
import type { Broker } from '../../ports/broker.ts';
import { createMemoryBroker } from './memory-broker.ts';
import type { MemoryBrokerLimits } from './memory-broker.ts';

function make(limits: Partial<MemoryBrokerLimits> = {}) {
  const clock = createFakeClock();
  const broker = createMemoryBroker({ clock, random: createSeededRandom(1) }, limits);
  return { broker, clock, advance: (ms: number) => clock.advance(ms) };
}

brokerContract('memory', () => Promise.resolve(make()));

const event = (data: string): ChannelEvent => ({ type: 'publication', publication: { data } });
const KEPT = { historySize: 100, historyTtlMs: 60_000 };
const positionOf = async (broker: Broker, channel: string) =>
  (await broker.history(channel, { limit: 0 })).position;

describe('memory broker', () => {
  it('delivers inside the call', async () => {
    const { broker } = make();
    const seen: string[] = [];
    await broker.start({ handleEvent: (channel) => seen.push(channel) });
    await broker.subscribe('a');
    void broker.publish('a', event('1'), {});
    expect(seen).toEqual(['a']);
  });

  it('[REC10] beyond the total the streams that were quiet longest are forgotten, and come back under a new epoch', async () => {
    const { broker } = make({ maxHistoryBytes: 10_000 });
    const data = JSON.stringify('x'.repeat(800));
    for (const channel of ['old', 'busy']) await broker.publish(channel, event(data), KEPT);
    const [old, busy] = [await positionOf(broker, 'old'), await positionOf(broker, 'busy')];
    for (let index = 0; index < 9; index += 1) await broker.publish('busy', event(data), KEPT);
    expect(await positionOf(broker, 'busy')).toEqual({ epoch: busy.epoch, offset: 10 });
    const again = await positionOf(broker, 'old');
    expect(again.epoch).not.toBe(old.epoch);
    expect(again.offset).toBe(0);
  });

  it('[REC10] beyond the number of streams the oldest positions are forgotten, never passed off as unchanged', async () => {
    const { broker } = make({ maxStreams: 10 });
    const keep = (index: number) => broker.publish(`channel-${index}`, event('1'), KEPT);
    await keep(0);
    const first = await positionOf(broker, 'channel-0');
    for (let index = 1; index <= 10; index += 1) await keep(index);
    expect((await positionOf(broker, 'channel-0')).epoch).not.toBe(first.epoch);
  });

  it('[REC10] a silent channel keeps its epoch while somebody is subscribed, whatever else is forgotten', async () => {
    const { broker } = make({ maxStreams: 1 });
    await broker.subscribe('silent');
    const before = await positionOf(broker, 'silent');
    const unwatched = await positionOf(broker, 'unwatched');
    for (const channel of ['a', 'b', 'c']) await broker.publish(channel, event('1'), KEPT);
    expect(await positionOf(broker, 'silent')).toEqual(before);
    expect((await positionOf(broker, 'unwatched')).epoch).not.toBe(unwatched.epoch);
    const { position } = await broker.publish('silent', event('1'), KEPT);
    expect(position).toEqual({ epoch: before.epoch, offset: 1 });
  });

  it('[REC10] a subscribed channel whose stream was forgotten goes on under a new epoch', async () => {
    const { broker } = make({ maxStreams: 1 });
    await broker.subscribe('watched');
    const { position } = await broker.publish('watched', event('1'), KEPT);
    await broker.publish('other', event('1'), KEPT);
    const after = await positionOf(broker, 'watched');
    expect(after.offset).toBe(0);
    expect(after.epoch).not.toBe(position?.epoch);
  });

  it('[REC12] the total stays under its bound whatever is published', async () => {
    const { broker } = make({ maxHistoryBytes: 50_000 });
    for (let index = 0; index < 500; index += 1) {
      await broker.publish(`channel-${index % 50}`, event(JSON.stringify('x'.repeat(400))), KEPT);
    }
    let bytes = 0;
    for (let index = 0; index < 50; index += 1) {
      const { publications } = await broker.history(`channel-${index}`, { limit: -1 });
      bytes += publications.reduce((sum, each) => sum + each.data.length, 0);
    }
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(50_000);
  });

  it('[REC11] a key is forgotten after 5 minutes', async () => {
    const { broker, clock } = make();
    const options = { ...KEPT, idempotencyKey: 'k' };
    await broker.publish('a', event('1'), options);
    await clock.advance(5 * 60_000 - 1);
    expect((await broker.publish('a', event('1'), options)).duplicate).toBe(true);
    await clock.advance(1);
    expect((await broker.publish('a', event('1'), options)).duplicate).toBe(false);
  });

  it('[REC12] a position outlives its history, but not for ever where nobody is subscribed', async () => {
    const { broker, clock } = make({ positionTtlMs: 600_000, sweepIntervalMs: 60_000 });
    await broker.start({ handleEvent: () => {} });
    await broker.subscribe('watched');
    for (const channel of ['watched', 'left']) await broker.publish(channel, event('1'), KEPT);
    const [watched, left] = [await positionOf(broker, 'watched'), await positionOf(broker, 'left')];
    await clock.advance(600_000);
    expect(await positionOf(broker, 'left')).toEqual(left);
    await clock.advance(200_000);
    expect(await positionOf(broker, 'watched')).toEqual(watched);
    expect((await positionOf(broker, 'left')).epoch).not.toBe(left.epoch);
    await broker.close();
  });

  it('keys of idempotency are bounded in number', async () => {
    const { broker } = make({ maxIdempotencyKeys: 3 });
    for (const key of ['a', 'b', 'c', 'd']) {
      await broker.publish('x', event('1'), { ...KEPT, idempotencyKey: key });
    }
    const repeat = (key: string) =>
      broker.publish('x', event('1'), { ...KEPT, idempotencyKey: key });
    expect((await repeat('d')).duplicate).toBe(true);
    expect((await repeat('a')).duplicate).toBe(false);
  });
});
