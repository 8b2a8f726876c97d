import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFaultyFixture,
  createNodeFixture,
} from '../../../testkit/src/simulation/node-fixture.ts';
import type { NodeFixture } from '../../../testkit/src/simulation/node-fixture.ts';
import type { StreamPosition } from '@carillon/protocol';
import type { SubscribeResult } from '../ports/connection-handler.ts';
import { recoverFrom } from './recovery.ts';

async function publishMany(
  fixture: NodeFixture,
  channel: string,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  for (let number = range.from; number <= range.to; number += 1) {
    await fixture.node.publish(channel, String(number));
  }
}

async function subscribed(
  client: ReturnType<NodeFixture['connect']>,
  channel: string,
  recover?: StreamPosition,
): Promise<SubscribeResult> {
  const options = recover === undefined ? {} : { recoverFrom: recover };
  const outcome = await client.session.subscribe(channel, options);
  if (!outcome.ok) throw new Error(outcome.error);
  return outcome.value;
}

async function positionOf(fixture: NodeFixture, channel: string): Promise<StreamPosition> {
  const page = await fixture.broker.history(channel, { limit: 0 });
  return page.position;
}

interface Scenario {
  readonly counts: readonly number[];
  readonly settles: readonly boolean[];
  readonly isRecovering: boolean;
  readonly hasOther: boolean;
}

const dataOf = (result: SubscribeResult): string[] =>
  result.publications.map((publication) => publication.data);
const offsetsIn = (lines: readonly string[]): number[] =>
  lines.map((line) => Number(/"offset":(\d+)/.exec(line)?.[1]));

describe('positions of a session', () => {
  it('[REC15] are those of the channels that the server subscribed, up to what the socket was given', async () => {
    const fixture = await createNodeFixture();
    const { session } = fixture.connect('ann');
    await session.subscribe('ev:1', { isServerSide: true });
    await session.subscribe('ev:2', {});
    const { epoch } = await positionOf(fixture, 'ev:1');
    expect(session.positions()).toEqual(new Map([['ev:1', { epoch, offset: 0 }]]));
    await publishMany(fixture, 'ev:1', { from: 1, to: 3 });
    await publishMany(fixture, 'ev:2', { from: 1, to: 3 });
    // Published, but the tick's flush has not come.
    expect(session.positions().get('ev:1')?.offset).toBe(0);
    await fixture.clock.settle();
    expect(session.positions()).toEqual(new Map([['ev:1', { epoch, offset: 3 }]]));
    session.handleClosed(false);
    expect(session.positions().size).toBe(0);
  });
});

describe('recovery', () => {
  it('[REC1] a subscription to a channel with recovery learns its position', async () => {
    const fixture = await createNodeFixture();
    await publishMany(fixture, 'ev:1', { from: 1, to: 3 });
    const result = await subscribed(fixture.connect('ann'), 'ev:1');
    expect(result).toMatchObject({
      isPositioned: true,
      isRecoverable: true,
      wasRecovering: false,
      hasRecovered: false,
      publications: [],
      position: { offset: 3 },
    });
    const live = await subscribed(fixture.connect('ann'), 'live:1');
    expect(live).toMatchObject({ isPositioned: false, isRecoverable: false });
    expect(live.position).toBeUndefined();
  });

  it('[REC2] recovery brings what was published since, once and in order', async () => {
    const fixture = await createNodeFixture();
    const { position } = await subscribed(fixture.connect('ann'), 'ev:1');
    await publishMany(fixture, 'ev:1', { from: 1, to: 100 });
    const result = await subscribed(fixture.connect('ann'), 'ev:1', position);
    expect(result).toMatchObject({ wasRecovering: true, hasRecovered: true });
    expect(dataOf(result)).toEqual(Array.from({ length: 100 }, (_, index) => String(index + 1)));
    expect(result.position?.offset).toBe(100);
    expect(fixture.counters.get('ws_recoveries_total recovered')).toBe(1);
  });

  it('[REC3] a position the history no longer reaches is not recovered, not even in part', async () => {
    const fixture = await createNodeFixture();
    const { position } = await subscribed(fixture.connect('ann'), 'ev:1');
    await publishMany(fixture, 'ev:1', { from: 1, to: 101 });
    const result = await subscribed(fixture.connect('ann'), 'ev:1', position);
    expect(result).toMatchObject({
      wasRecovering: true,
      hasRecovered: false,
      publications: [],
      position: { offset: 101 },
    });
    expect(fixture.counters.get('ws_recoveries_total missed')).toBe(1);
  });

  it('[REC3] another epoch or a position ahead of the stream is not recovered', async () => {
    const fixture = await createNodeFixture();
    await publishMany(fixture, 'ev:1', { from: 1, to: 3 });
    const { epoch } = await positionOf(fixture, 'ev:1');
    for (const position of [
      { epoch: 'other', offset: 3 },
      { epoch, offset: 4 },
    ]) {
      const result = await subscribed(fixture.connect('ann'), 'ev:1', position);
      expect(result).toMatchObject({ hasRecovered: false, publications: [] });
    }
  });

  it('[REC3] a channel without recovery says that something may be missing', async () => {
    const { connect } = await createNodeFixture();
    const result = await subscribed(connect('ann'), 'live:1', { epoch: 'e', offset: 1 });
    expect(result).toMatchObject({ wasRecovering: true, hasRecovered: false });
  });

  it('[REC3] for any history and position, recovery is complete or empty', () => {
    const scenario = fc.record({
      top: fc.nat(40),
      kept: fc.nat(40),
      from: fc.nat(45),
      limit: fc.nat(40),
      isSameEpoch: fc.boolean(),
    });
    fc.assert(
      fc.property(scenario, ({ top, kept, from, limit, isSameEpoch }) => {
        const first = Math.max(1, top - kept + 1, from + 1);
        const publications = [];
        for (let offset = first; offset <= top && publications.length < limit; offset += 1) {
          publications.push({ data: String(offset), offset });
        }
        const position = { epoch: isSameEpoch ? 'e' : 'f', offset: top };
        const recovery = recoverFrom(
          { epoch: 'e', offset: from },
          { position, publications },
          limit,
        );
        const missed = Array.from({ length: Math.max(0, top - from) }, (_, at) => from + 1 + at);
        const canRecover =
          isSameEpoch && from <= top && missed.length <= limit && missed.length <= kept;
        expect(recovery.hasRecovered).toBe(canRecover);
        expect(recovery.publications.map((publication) => publication.offset)).toEqual(
          canRecover ? missed : [],
        );
      }),
    );
  });

  it('[REC4] what is published while subscribing comes after the reply, once and without a gap', async () => {
    const fixture = await createFaultyFixture();
    const { faulty, clock, connect } = fixture;
    await subscribed(connect('bob'), 'ev:1');
    await publishMany(fixture, 'ev:1', { from: 1, to: 2 });
    const from = { ...(await positionOf(fixture, 'ev:1')), offset: 0 };
    let release = (): void => {};
    faulty.beforeHistory = () => new Promise((resolve) => (release = resolve));
    const ann = connect('ann');
    const reply = subscribed(ann, 'ev:1', from);
    await clock.settle();
    await publishMany(fixture, 'ev:1', { from: 3, to: 4 });
    await clock.settle();
    release();
    const published = publishMany(fixture, 'ev:1', { from: 5, to: 6 });
    const result = await reply;
    ann.session.send('reply');
    await published;
    await clock.settle();
    const live = ann.socket.lines;
    expect(live[0]).toBe('reply');
    const all = [...result.publications.map((each) => each.offset), ...offsetsIn(live.slice(1))];
    expect(all).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('[REC4] wherever publications fall while somebody subscribes, each is seen once and in order', async () => {
    const scenario = fc.record({
      counts: fc.array(fc.nat(4), { minLength: 6, maxLength: 6 }),
      settles: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      isRecovering: fc.boolean(),
      hasOther: fc.boolean(),
    });
    const check = async ({ counts, settles, isRecovering, hasOther }: Scenario): Promise<void> => {
      const fixture = await createFaultyFixture();
      const { faulty, clock, connect } = fixture;
      let published = 0;
      const publishPhase = async (phase: number): Promise<void> => {
        const to = published + (counts[phase] ?? 0);
        await publishMany(fixture, 'ev:1', { from: published + 1, to });
        published = to;
        if (settles[phase] === true) await clock.settle();
      };
      const start = await positionOf(fixture, 'ev:1');
      if (hasOther) await subscribed(connect('bob'), 'ev:1');
      await publishPhase(0);
      const gates: (() => void)[] = [];
      const gate = (): Promise<void> => new Promise((resolve) => gates.push(resolve));
      faulty.beforeHistory = gate;
      faulty.afterHistory = gate;
      const ann = connect('ann');
      const reply = subscribed(ann, 'ev:1', isRecovering ? start : undefined);
      await publishPhase(1);
      for (const phase of [2, 3]) {
        while (gates.length < phase - 1) await clock.settle();
        await publishPhase(phase);
        gates[phase - 2]?.();
      }
      await publishPhase(4);
      const result = await reply;
      await publishPhase(5);
      await clock.settle();
      const first = isRecovering ? 1 : (result.position?.offset ?? 0) + 1;
      const seen = [
        ...result.publications.map((publication) => publication.offset),
        ...offsetsIn(ann.socket.lines),
      ];
      expect(seen).toEqual(Array.from({ length: published - first + 1 }, (_, at) => first + at));
    };
    await fc.assert(fc.asyncProperty(scenario, check), { numRuns: 150 });
  });

  it('[REC13] more publications while subscribing than can be kept fail it with a temporary error', async () => {
    const fixture = await createFaultyFixture({ limits: { maxJoinBuffer: 10 } });
    const { faulty, clock, connect, node } = fixture;
    let release = (): void => {};
    faulty.beforeHistory = () => new Promise((resolve) => (release = resolve));
    const ann = connect('ann');
    const reply = ann.session.subscribe('ev:1', {});
    await clock.settle();
    await publishMany(fixture, 'ev:1', { from: 1, to: 11 });
    await clock.settle();
    release();
    expect(await reply).toMatchObject({ error: 'internal' });
    expect(node.subscriberCount('ev:1')).toBe(0);
    faulty.beforeHistory = () => Promise.resolve();
    expect((await subscribed(ann, 'ev:1')).position?.offset).toBe(11);
  });

  it('[REC14] history is read forward, backward and for its position; another epoch is answered with 112', async () => {
    const fixture = await createNodeFixture();
    const { session } = fixture.connect('ann');
    await publishMany(fixture, 'ev:1', { from: 1, to: 5 });
    const { epoch } = await positionOf(fixture, 'ev:1');
    const read = async (query: Parameters<typeof session.history>[1]): Promise<unknown> => {
      const outcome = await session.history('ev:1', query);
      return outcome.ok
        ? outcome.value.publications.map((each) => each.data).join('')
        : outcome.error;
    };
    expect(await read({ limit: 0 })).toBe('');
    expect(await read({ limit: -1 })).toBe('12345');
    expect(await read({ limit: 2, since: { epoch, offset: 2 } })).toBe('34');
    expect(await read({ limit: 2, reverse: true })).toBe('54');
    expect(await read({ limit: 2, reverse: true, since: { epoch, offset: 3 } })).toBe('21');
    expect(await read({ limit: 2, since: { epoch: 'other', offset: 2 } })).toBe(
      'unrecoverable_position',
    );
  });
});
