import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';
import type { Task } from '../../ports/task-store.ts';
import { createSystemClock } from '../../adapters/clock-system/system-clock.ts';
import { createSystemRandom } from '../../adapters/clock-system/system-random.ts';
import type { InboxService } from '../inbox/inbox-service.ts';
import { DEFAULT_DOMAIN_LIMITS } from '../limits.ts';
import { createCampaigns, OPERATOR, type Audience, type Campaigns } from './campaigns.ts';

let running: RunningDomain;
let campaigns: Campaigns;

const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => logger };

function campaignsWith(inbox: Pick<InboxService, 'notify'> = running.domain.inbox): Campaigns {
  return createCampaigns({
    inbox,
    tasks: running.domain.tasks,
    operatorStore: running.store.operator,
    registry: running.node,
    clock: createSystemClock(),
    random: createSystemRandom(),
    logger,
    limits: DEFAULT_DOMAIN_LIMITS,
    portion: 2,
  });
}

beforeEach(async () => {
  running = await openDomain();
  campaigns = campaignsWith();
});
afterEach(async () => {
  await campaigns.stop();
  await running.close();
});

async function started(audience: Audience, dedupeKey?: string): Promise<Task> {
  const notice = { title: 'Soon down', ...(dedupeKey !== undefined && { dedupeKey }) };
  const task = await campaigns.start(notice, audience, OPERATOR);
  if (!task.ok) throw new Error(task.error);
  return task.value;
}

/** Looked at each turn of the loop: its end is a commit away. */
async function waitForEnd(id: string): Promise<Task> {
  for (let looks = 0; looks < 100_000; looks += 1) {
    const task = await running.domain.tasks.get({ backend: true }, id);
    if (task.ok && task.value.status !== 'running') return task.value;
    await running.settled();
  }
  throw new Error(`task ${id} does not end`);
}

const titlesOf = async (user: string): Promise<string[]> => {
  const listed = await running.domain.inbox.list(user, {});
  return listed.ok ? listed.value.items.map(({ title }) => title) : [];
};

test('everybody is who the store knows or who is connected, each told once', async () => {
  await running.domain.chat.create({ user: 'ann' }, { kind: 'group', members: ['bob', 'cid'] });
  await running.connect('ann');
  await running.connect('dora');
  await running.connect('dora');
  const task = await started({ type: 'everybody' });
  const done = await waitForEnd(task.id);
  expect(done.status).toBe('completed');
  expect(JSON.parse(done.result ?? '{}')).toEqual({ told: 4, accepted: 4 });
  for (const user of ['ann', 'bob', 'cid', 'dora']) {
    expect(await titlesOf(user)).toEqual(['Soon down']);
  }
});

test('all who are connected are only those', async () => {
  await running.domain.chat.create({ user: 'ann' }, { kind: 'group', members: ['bob', 'cid'] });
  await running.connect('bob');
  const task = await started({ type: 'online' });
  expect(task.totalSteps).toBe(1);
  await waitForEnd(task.id);
  expect(await titlesOf('bob')).toEqual(['Soon down']);
  expect(await titlesOf('ann')).toEqual([]);
});

test('the same key again reaches those who were not reached, and nobody twice', async () => {
  await waitForEnd((await started({ type: 'users', users: ['ann', 'bob'] }, 'key')).id);
  const again = await started({ type: 'users', users: ['ann', 'bob', 'cid'] }, 'key');
  const done = await waitForEnd(again.id);
  expect(JSON.parse(done.result ?? '{}')).toEqual({ told: 3, accepted: 1 });
  expect(await titlesOf('ann')).toHaveLength(1);
});

test('a cancelled one stops after the portion that is under way, and says how far it came', async () => {
  const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
  campaigns = campaignsWith({
    notify: async (notice, users) => {
      ask();
      await mayGoOn;
      return running.domain.inbox.notify(notice, users);
    },
  });
  const task = await started({ type: 'users', users: ['a', 'b', 'c', 'd', 'e'] });
  await isAsked;
  await running.domain.tasks.cancelRequest({ backend: true }, task.id);
  goOn();
  const done = await waitForEnd(task.id);
  expect(done).toMatchObject({ status: 'cancelled', message: '2 of 5' });
  expect(await titlesOf('b')).toHaveLength(1);
  expect(await titlesOf('c')).toEqual([]);
});

test('a server that stops ends what is under way and says how far it came', async () => {
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
  campaigns = campaignsWith({
    notify: async (notice, users) => {
      await mayGoOn;
      return running.domain.inbox.notify(notice, users);
    },
  });
  const task = await started({ type: 'users', users: ['a', 'b', 'c'] });
  const stopping = campaigns.stop();
  goOn();
  await stopping;
  const ended = await running.domain.tasks.get({ backend: true }, task.id);
  expect(ended.ok && ended.value.status).toBe('failed');
  expect(ended.ok && ended.value.message).toContain('stopped after 2 of 3');
  expect(await campaigns.start({ title: 'x' }, { type: 'online' }, 'ops')).toMatchObject({
    error: 'shutting_down',
  });
});

test('a notice that is too long is refused before anybody gets it', async () => {
  const refused = await campaigns.start({ title: 'x'.repeat(500) }, { type: 'everybody' }, 'ops');
  expect(refused).toMatchObject({ ok: false, error: 'too_long' });
});
