import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { openPlainBed, type PlainBed } from '../../../../testkit/src/plain-peer.ts';
import { createSeededRandom } from '../../../../testkit/src/seeded-random.ts';
import { SimulatedEngine } from '../../../../testkit/src/simulation/simulated-engine.ts';

let here: PlainBed;
let there: PlainBed;

beforeAll(async () => {
  const engine = new SimulatedEngine(createFakeClock(), createSeededRandom(1));
  here = await openPlainBed({ link: engine.connect('here') });
  there = await openPlainBed({ link: engine.connect('there'), store: here.running.store });
});

afterAll(async () => {
  await there.close();
  await here.close();
});

/** Waits until the room answers, so that whoever comes next is seen arriving. */
const enter = async (bed: PlainBed, user: string) => {
  const peer = bed.open(`/ws/chat/${user}?room=den`);
  peer.say({ type: 'status' });
  await peer.nextOf('status');
  return peer;
};

describe('a room whose people are on two nodes', () => {
  it('[CLU5] everybody is seen, counted, heard and reached, wherever they are', async () => {
    const alice = await enter(here, 'alice');
    const bob = await enter(there, 'bob');
    expect(await alice.nextOf('system')).toMatchObject({
      message: 'bob joined the chat',
      connected_count: 2,
    });

    alice.say({ type: 'status' });
    const status = await alice.nextOf('status');
    expect(status).toMatchObject({ connected_count: 2 });
    expect(new Set(status['users'] as string[])).toEqual(new Set(['alice', 'bob']));

    bob.say({ message: 'hello' });
    expect(await alice.nextOf('message')).toMatchObject({ username: 'bob', message: 'hello' });
    alice.say({ message: 'for you', target_user: 'bob' });
    expect(await bob.nextOf('private')).toMatchObject({ from: 'alice', message: 'for you' });

    const second = await enter(there, 'alice');
    bob.say({ type: 'status' });
    expect(await bob.nextOf('status')).toMatchObject({ connected_count: 3 });
    second.leave(1000);
    bob.leave(1000);
    // Nobody heard of alice coming twice or going: she is still there.
    expect(await alice.nextOf('system')).toMatchObject({
      message: 'bob left the chat',
      connected_count: 1,
    });
  });
});
