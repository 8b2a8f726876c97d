import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';
import { createSeededRandom } from '../../../../testkit/src/seeded-random.ts';
import { SimulatedEngine } from '../../../../testkit/src/simulation/simulated-engine.ts';

const alice = { user: 'alice' };
let here: RunningDomain;
let there: RunningDomain;

beforeAll(async () => {
  const engine = new SimulatedEngine(createFakeClock(), createSeededRandom(1));
  here = await openDomain({ link: engine.connect('here') });
  there = await openDomain({ link: engine.connect('there'), store: here.store });
});

afterAll(async () => {
  await there.close();
  await here.close();
});

const group = async (...members: string[]): Promise<string> => {
  const created = await here.domain.chat.create(alice, { kind: 'group', members });
  if (!created.ok) throw new Error(created.error);
  return created.value.conversation.id;
};

describe('members who are connected to another node', () => {
  it('[CLU8] who is removed hears no more, may not come back and may not write', async () => {
    const id = await group('bob', 'carol');
    const bob = await there.connect('bob');
    const carol = await there.connect('carol');
    for (const each of [bob, carol]) expect((await each.subscribe(`chat:${id}`)).ok).toBe(true);
    expect((await there.domain.chat.send({ user: 'bob' }, id, { content: 'hello' })).ok).toBe(true);
    await bob.waitFor('message');

    expect((await here.domain.chat.removeMember(alice, id, 'bob')).ok).toBe(true);
    await here.domain.chat.send(alice, id, { content: 'without bob' });
    await carol.waitFor('message', 3);
    await there.settled();
    const heard = bob.ofType('message').filter(({ channel }) => channel === `chat:${id}`);
    expect(heard).toHaveLength(1);
    expect(bob.ofType('message').some(({ data }) => data['content'] === 'without bob')).toBe(false);
    expect(await bob.subscribe(`chat:${id}`)).toMatchObject({ error: 'permission_denied' });
    expect(await there.domain.chat.send({ user: 'bob' }, id, { content: 'again' })).toMatchObject({
      error: 'not_member',
    });
  });

  it('[CLU8] who is added may come in at once', async () => {
    const id = await group('bob');
    const dave = await there.connect('dave');
    expect(await dave.subscribe(`chat:${id}`)).toMatchObject({ error: 'permission_denied' });
    expect((await here.domain.chat.addMembers(alice, id, ['dave'])).ok).toBe(true);
    expect((await dave.subscribe(`chat:${id}`)).ok).toBe(true);
  });
});
