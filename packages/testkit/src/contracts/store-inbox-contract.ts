/** Rules of InboxStore. */
import { expect, it } from 'vitest';
import type { InboxFilter, InboxStore } from '../../../server/src/ports/inbox-store.ts';
import type { Subject } from './store-subject.ts';

const note = (id: string, dedupeKey?: string) => ({
  id,
  title: `title ${id}`,
  content: `content ${id}`,
  type: 'info',
  ...(dedupeKey !== undefined && { dedupeKey }),
});

async function fill(inbox: InboxStore, user: string, ...ids: string[]): Promise<void> {
  for (const id of ids) await inbox.addNotifications(note(id), [user], []);
}

export function inboxStoreContract(subject: Subject): void {
  addRules(subject);
  listRules(subject);
  markRules(subject);
}

function addRules(subject: Subject): void {
  it('one row per user, each with its own seq and counts, and whole as it was sent', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'bob', 'n0');
    const input = { ...note('n1'), link: '/orders/1', source: 'shop', data: '{"order":1}' };
    const added = await inbox.addNotifications(input, ['ann', 'bob', 'ann'], []);
    expect(added.map(({ notification }) => notification.user)).toEqual(['ann', 'bob']);
    expect(added.map(({ notification }) => notification.seq)).toEqual([1, 2]);
    expect(added[1]).toMatchObject({ isNew: true, outboxId: expect.any(Number) });
    expect(added[1]?.counts).toEqual({ unread: 2, unseen: 2, total: 2, rev: 2 });
    const stored = { ...input, user: 'ann', seq: 1, createdAt: subject().now() };
    expect(added[0]?.notification).toEqual(stored);
    expect((await inbox.listNotifications('ann', { filter: 'all', limit: 5 })).items).toEqual([
      stored,
    ]);
  });

  it('a known dedupeKey returns the stored one and changes nothing', async () => {
    const { inbox, outbox } = subject().store;
    const [first] = await inbox.addNotifications(note('n1', 'order-1'), ['ann'], ['ann']);
    const again = await inbox.addNotifications(note('n2', 'order-1'), ['ann', 'bob'], []);
    expect(again[0]).toEqual({
      notification: first?.notification,
      counts: { unread: 1, unseen: 1, total: 1, rev: 1 },
      isNew: false,
    });
    expect(again[1]).toMatchObject({ isNew: true, notification: { id: 'n2', user: 'bob' } });
    expect((await outbox.stats()).pending).toBe(2);
  });

  it('calls with one dedupeKey that race each other store one notification', async () => {
    const { inbox } = subject().store;
    const calls = Array.from({ length: 6 }, (_, n) =>
      inbox.addNotifications(note(`n${n}`, 'k'), ['ann'], []),
    );
    const added = (await Promise.all(calls)).flat();
    expect(added.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await inbox.counts('ann')).toEqual({ unread: 1, unseen: 1, total: 1, rev: 1 });
  });

  it('the same id again, without a dedupeKey, is a repeat as well', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'n1');
    const [again] = await inbox.addNotifications(note('n1'), ['ann'], []);
    expect(again?.isNew).toBe(false);
    expect((await inbox.counts('ann')).total).toBe(1);
  });

  it('notifications without a dedupeKey never collide', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'n1', 'n2', 'n3');
    expect(await inbox.counts('ann')).toEqual({ unread: 3, unseen: 3, total: 3, rev: 3 });
  });

  it('an empty list of users stores nothing', async () => {
    expect(await subject().store.inbox.addNotifications(note('n'), [], [])).toEqual([]);
  });
}

function listRules(subject: Subject): void {
  const ids = async (user: string, filter: InboxFilter): Promise<string[]> => {
    const { items } = await subject().store.inbox.listNotifications(user, { filter, limit: 50 });
    return items.map(({ id }) => id);
  };

  it('filters: all leaves archived out, unread is what was not read, archived is the rest', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a', 'b', 'c', 'd');
    await inbox.markNotifications('ann', ['b'], 'read');
    await inbox.markNotifications('ann', ['c'], 'archived');
    expect(await ids('ann', 'all')).toEqual(['d', 'b', 'a']);
    expect(await ids('ann', 'unread')).toEqual(['d', 'a']);
    expect(await ids('ann', 'archived')).toEqual(['c']);
    expect(await ids('eve', 'all')).toEqual([]);
  });

  it('pages are newest first and join without a gap or a repeat while new ones arrive', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', '1', '2', '3', '4', '5');
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { filter: 'all', limit: 2, ...(cursor && { cursor }) } as const;
      const page = await inbox.listNotifications('ann', query);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      await fill(inbox, 'ann', `late ${seen.length}`);
    } while (cursor !== undefined);
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
  });

  it('a cursor that never was one gives an empty last page', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a');
    const query = { filter: 'all', cursor: 'x y', limit: 2 } as const;
    expect(await inbox.listNotifications('ann', query)).toEqual({ items: [] });
  });

  it('a stream resumes after a seq, ascending, at most so many', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a', 'b', 'c', 'd');
    const after = (await inbox.listAfter('ann', 1, 2)).map(({ seq, id }) => [seq, id]);
    expect(after).toEqual([
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(await inbox.listAfter('ann', 4, 2)).toEqual([]);
  });
}

function markRules(subject: Subject): void {
  it('counts follow every mark, and rev grows by one with each call that changes something', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a', 'b', 'c');
    const mark = async (ids: readonly string[] | 'all', to: Parameters<typeof one>[1]) => {
      const { changedIds, counts } = await one(ids, to);
      return [changedIds.length, counts.unread, counts.unseen, counts.total, counts.rev];
    };
    const one = (
      ids: readonly string[] | 'all',
      to: 'seen' | 'read' | 'unread' | 'archived' | 'unarchived',
    ) => inbox.markNotifications('ann', ids, to);
    expect(await mark(['a'], 'seen')).toEqual([1, 3, 2, 3, 4]);
    expect(await mark(['a', 'b'], 'read')).toEqual([2, 1, 1, 3, 5]);
    expect(await mark(['b'], 'unread')).toEqual([1, 2, 1, 3, 6]);
    expect(await mark(['c'], 'archived')).toEqual([1, 1, 0, 2, 7]);
    expect(await mark(['c'], 'read')).toEqual([1, 1, 0, 2, 8]);
    expect(await mark(['c'], 'unarchived')).toEqual([1, 1, 0, 3, 9]);
    expect(await mark('all', 'read')).toEqual([1, 0, 0, 3, 10]);
    expect(await mark('all', 'read')).toEqual([0, 0, 0, 3, 10]);
    expect(await mark('all', 'archived')).toEqual([3, 0, 0, 0, 11]);
    expect(await mark('all', 'unarchived')).toEqual([3, 0, 0, 3, 12]);
    expect(await inbox.counts('ann')).toEqual({ unread: 0, unseen: 0, total: 3, rev: 12 });
  });

  it('reading is seeing; unread again stays seen; marks carry their time', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a');
    subject().advance(7);
    await inbox.markNotifications('ann', ['a'], 'read');
    const stored = async () => (await inbox.listAfter('ann', 0, 1))[0];
    expect(await stored()).toMatchObject({ seenAt: subject().now(), readAt: subject().now() });
    await inbox.markNotifications('ann', ['a'], 'unread');
    expect(await stored()).toHaveProperty('seenAt');
    expect(await stored()).not.toHaveProperty('readAt');
  });

  it('reading all leaves archived ones alone', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a', 'b');
    await inbox.markNotifications('ann', ['a'], 'archived');
    expect((await inbox.markNotifications('ann', 'all', 'read')).changedIds).toEqual(['b']);
  });

  it('unknown ids and those of other users are not touched', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a');
    const { changedIds, counts } = await inbox.markNotifications('eve', ['a', 'zzz'], 'read');
    expect(changedIds).toEqual([]);
    expect(counts).toEqual({ unread: 0, unseen: 0, total: 0, rev: 0 });
    expect((await inbox.counts('ann')).unread).toBe(1);
  });

  it('an id given twice counts once', async () => {
    const { inbox } = subject().store;
    await fill(inbox, 'ann', 'a');
    expect((await inbox.markNotifications('ann', ['a', 'a'], 'read')).changedIds).toEqual(['a']);
    expect((await inbox.counts('ann')).unread).toBe(0);
  });

  it('the counts equal what the list holds after a thousand random marks', async () => {
    const { inbox } = subject().store;
    const ids = Array.from({ length: 20 }, (_, n) => `n${n}`);
    await fill(inbox, 'ann', ...ids);
    const marks = ['seen', 'read', 'unread', 'archived', 'unarchived'] as const;
    let state = 42;
    const pick = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    const calls = Array.from({ length: 1000 }, () => {
      const mark = marks[pick(marks.length)] ?? 'seen';
      const some = pick(40) === 0 ? 'all' : [`n${pick(20)}`, `n${pick(20)}`];
      return inbox.markNotifications('ann', some, mark);
    });
    await Promise.all(calls);
    const { items } = await inbox.listNotifications('ann', { filter: 'all', limit: 100 });
    const counts = await inbox.counts('ann');
    expect(counts.total).toBe(items.length);
    expect(counts.unread).toBe(items.filter(({ readAt }) => readAt === undefined).length);
    expect(counts.unseen).toBe(items.filter(({ seenAt }) => seenAt === undefined).length);
  });
}
