import type { Outcome } from '@carillon/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDomain, type RunningDomain } from '../../../../testkit/src/running-domain.ts';
import type { InboxCounts, InboxMark } from '../../ports/inbox-store.ts';
import type { Push, PushSender } from '../../ports/push-sender.ts';

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error} ${outcome.message ?? ''}`);
  return outcome.value;
};

const pushes: Push[] = [];
const recorder: PushSender = {
  name: 'recorder',
  send(push) {
    pushes.push(push);
    return Promise.resolve({ type: 'delivered' });
  },
  close: () => Promise.resolve(),
};

let running: RunningDomain;

beforeAll(async () => {
  running = await openDomain({ pushSenders: [recorder] });
});

afterAll(() => running.close());

describe('notify', () => {
  it('is told to each person in exactly the shape of the plain endpoints, counts behind it', async () => {
    const client = await running.connect('ann');
    const notice = { title: 'Order shipped', content: 'On its way', link: '/orders/7' };
    const accepted = valueOf(await running.domain.inbox.notify(notice, ['ann', 'ann']));
    expect(accepted).toEqual({ id: expect.any(String), accepted: 1 });
    await client.waitFor('counts');
    expect(client.seen.map(({ type }) => type)).toEqual(['notification', 'counts']);
    expect(client.seen[0]?.body).toEqual({
      type: 'notification',
      data: {
        id: accepted.id,
        title: 'Order shipped',
        content: 'On its way',
        type: 'info',
        link: '/orders/7',
        source: null,
        created_at: expect.stringMatching(/Z$/),
        status: 'unread',
      },
    });
    expect(client.seen[0]?.tags).toEqual({ seq: '1' });
    expect(client.seen[1]?.data).toEqual({ unread: 1, unseen: 1, total: 1, rev: 1 });
  });

  it('with a dedupeKey that a person has is neither stored nor told to them again', async () => {
    const { inbox } = running.domain;
    const notice = { title: 'Once', dedupeKey: 'order-7' };
    const first = valueOf(await inbox.notify(notice, ['ben']));
    expect(valueOf(await inbox.notify(notice, ['ben']))).toEqual({ id: first.id, accepted: 0 });
    expect(valueOf(await inbox.notify(notice, ['ben', 'bea']))).toMatchObject({ accepted: 1 });
    expect(valueOf(await inbox.list('ben', {})).items).toHaveLength(1);
  });

  it('pushes to those who are away, with the unread total on the badge, and to nobody else', async () => {
    await running.connect('online');
    const { inbox, relay } = running.domain;
    valueOf(await inbox.notify({ title: 'first' }, ['away']));
    valueOf(await inbox.notify({ title: 'second', content: '你好' }, ['away', 'online']));
    await relay.flush();
    const told = pushes.filter(({ user }) => user === 'away' || user === 'online');
    expect(told.map(({ user, title, badge }) => [user, title, badge])).toEqual([
      ['away', 'first', expect.any(Number)],
      ['away', 'second', 2],
    ]);
    expect(told[1]?.id).toMatch(/^notification-.*-away$/);
  });

  it.each([
    { what: 'no users', notice: { title: 'x' }, users: [], error: 'invalid_field' },
    { what: 'an empty title', notice: { title: '' }, users: ['u'], error: 'invalid_field' },
    {
      what: 'a title of 201 characters',
      notice: { title: 'x'.repeat(201) },
      users: ['u'],
      error: 'too_long',
    },
    {
      what: 'a link that runs code',
      notice: { title: 'x', link: ' JavaScript:alert(1)' },
      users: ['u'],
      error: 'invalid_field',
    },
    {
      what: 'a user with control characters',
      notice: { title: 'x' },
      users: ['a\u0007'],
      error: 'invalid_field',
    },
    {
      what: '1001 users',
      notice: { title: 'x' },
      users: Array.from({ length: 1_001 }, (_, index) => `u${index}`),
      error: 'too_many',
    },
  ])('$what: refused, nothing stored', async ({ notice, users, error }) => {
    const refused = await running.domain.inbox.notify(notice, users);
    expect(refused).toMatchObject({ ok: false, error });
  });
});

describe('marking', () => {
  it('is told to all devices with the new counts, and only when something changed', async () => {
    const { inbox } = running.domain;
    const { id } = valueOf(await inbox.notify({ title: 'x' }, ['cat']));
    const device = await running.connect('cat');
    const marked = valueOf(await inbox.mark('cat', [id], 'read'));
    expect(marked).toMatchObject({ changedIds: [id], counts: { unread: 0 } });
    const [updated] = await device.waitFor('notification.updated');
    expect(updated?.data).toEqual({ ids: [id], mark: 'read' });
    expect((await device.waitFor('counts'))[0]?.data).toMatchObject({ unread: 0, rev: 2 });
    valueOf(await inbox.mark('cat', [id], 'read'));
    valueOf(await inbox.mark('cat', ['unknown'], 'read'));
    await running.settled();
    expect(device.ofType('notification.updated')).toHaveLength(1);
  });

  it('does not touch what belongs to somebody else', async () => {
    const { inbox } = running.domain;
    const { id } = valueOf(await inbox.notify({ title: 'x' }, ['dan', 'eve']));
    valueOf(await inbox.mark('dan', [id], 'read'));
    expect(valueOf(await inbox.counts('eve'))).toMatchObject({ unread: 1 });
  });
});

describe('counts', () => {
  const MARKS: readonly InboxMark[] = ['seen', 'read', 'unread', 'archived', 'unarchived'];

  type Step =
    | { readonly do: 'notify'; readonly key: number }
    | { readonly do: 'mark'; readonly which: number; readonly mark: InboxMark }
    | { readonly do: 'all'; readonly mark: InboxMark };

  const step = fc.oneof(
    fc.record({ do: fc.constant('notify' as const), key: fc.integer({ min: 0, max: 6 }) }),
    fc.record({
      do: fc.constant('mark' as const),
      which: fc.nat(20),
      mark: fc.constantFrom(...MARKS),
    }),
    fc.record({ do: fc.constant('all' as const), mark: fc.constantFrom(...MARKS) }),
  );

  async function apply(user: string, ids: Set<string>, one: Step): Promise<void> {
    const { inbox } = running.domain;
    if (one.do === 'notify') {
      const notice = { title: 't', dedupeKey: `k${one.key}` };
      ids.add(valueOf(await inbox.notify(notice, [user])).id);
    } else if (one.do === 'mark') {
      valueOf(await inbox.mark(user, [[...ids][one.which] ?? 'none'], one.mark));
    } else {
      valueOf(await inbox.mark(user, 'all', one.mark));
    }
  }

  async function recounted(user: string): Promise<Omit<InboxCounts, 'rev'>> {
    const { items } = valueOf(await running.domain.inbox.list(user, { limit: 100 }));
    return {
      unread: items.filter(({ readAt }) => readAt === undefined).length,
      unseen: items.filter(({ seenAt }) => seenAt === undefined).length,
      total: items.length,
    };
  }

  it('never drift, whatever is done at once: store, recount and a device agree', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 8 }),
        async (batches) => {
          run++;
          const user = `prop${run}`;
          const device = await running.connect(user);
          const ids = new Set<string>();
          for (const batch of batches) {
            await Promise.all(batch.map((one) => apply(user, ids, one)));
          }
          await running.settled();
          const { rev, ...counts } = valueOf(await running.domain.inbox.counts(user));
          expect(counts).toEqual(await recounted(user));
          const told = device.ofType('counts').map(({ data }) => data);
          const newest = told.toSorted((a, b) => Number(b['rev']) - Number(a['rev']))[0];
          expect(newest ?? { ...counts, rev }).toEqual({ ...counts, rev });
          device.close();
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('eventFor', () => {
  it('passes any JSON object on unchanged, to the last blank', async () => {
    const client = await running.connect('flo');
    const event = '{"type":"cart_updated", "cart":{"items":[1,2],"total":1.50}}';
    valueOf(await running.domain.inbox.eventFor('flo', event));
    await client.waitFor('cart_updated');
    const history = valueOf(await running.node.history('user:flo', { limit: -1 }));
    expect(history.publications.map(({ data }) => data)).toEqual([event]);
  });

  it.each(['[1]', '"text"', 'null'])('refuses %s, which is no object', async (event) => {
    const refused = await running.domain.inbox.eventFor('flo', event);
    expect(refused).toMatchObject({ error: 'invalid_field' });
  });
});
