/** Several processes on one database: what they must agree on without talking to each other. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startPostgres } from '../../../packages/testkit/src/servers/postgres-server.ts';
import type { PostgresServer } from '../../../packages/testkit/src/servers/postgres-server.ts';
import { migratePostgres } from '../../../packages/server/src/adapters/store-sql/postgres/migrate-postgres.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { allMessages, groupOf, message, openedStores, upTo } from './opened-stores.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 30_000);
afterAll(() => server.stop());

const stores = openedStores();
let url: string;
let one: Store;
let other: Store;
beforeEach(async () => {
  url = await server.createDatabase();
  one = await stores.open(url);
  other = await stores.open(url);
});

it('of processes that start at once on an empty database one migrates, and all are served', async () => {
  const empty = await server.createDatabase();
  const applied = await Promise.all(upTo(5).map(() => migratePostgres({ url: empty })));
  expect(applied.filter((names) => names.length > 0)).toEqual([
    [
      '001-first-tables',
      '002-postgres-storage',
      '003-task-chunks',
      '004-task-order',
      '005-uploads',
    ],
  ]);
  const store = await stores.open(empty);
  await expect(store.ping()).resolves.toBeUndefined();
});

it('two that claim the outbox at once never get the same row, and leave none', async () => {
  const ids = await Promise.all(upTo(200).map((n) => one.outbox.add('push', `${n}`, ['ann'])));
  const later = { clock: { now: () => Date.now() + 60_000 } };
  const claimers = [await stores.open(url, later), await stores.open(url, later)];
  const claimed = await Promise.all(
    upTo(30).flatMap(() => claimers.map((store) => store.outbox.claim(7, 60_000))),
  );
  const rows = claimed.flat().map(({ id }) => id);
  expect(new Set(rows).size).toBe(rows.length);
  expect(rows.toSorted((a, b) => a - b)).toEqual(ids.toSorted((a, b) => a - b));
});

it('seq has no hole and rev no double when many send, mark and join at once', async () => {
  const id = await groupOf(one, 'ann', 'bob', 'cid');
  const both = [one, other];
  const revs: number[] = [];
  await Promise.all(
    upTo(200).map(async (n) => {
      const store = both[n % 2] ?? one;
      const sender = ['ann', 'bob', 'cid'][n % 3] ?? 'ann';
      const sent = await store.chat.appendMessage(message(id, `c${n}`, sender));
      if (sent.ok) revs.push(sent.value.message.rev);
      const read = await store.chat.markRead(id, sender, n);
      if (read.ok && read.value.hasMoved) revs.push(read.value.rev);
      if (n % 50 === 0) await store.chat.changeMembers(id, { add: [`u${n}`], remove: [] });
    }),
  );
  expect((await allMessages(one, id)).map(({ seq }) => seq)).toEqual(upTo(200));
  expect(new Set(revs).size).toBe(revs.length);
  const conversation = await other.chat.getConversation(id);
  expect(conversation).toMatchObject({ lastSeq: 200, rev: revs.length + 4 });
});

it('the same message sent through both at once is stored once; both get the first result', async () => {
  const id = await groupOf(one, 'ann', 'bob');
  for (const n of upTo(30)) {
    const sent = await Promise.all(
      [one, other, one, other].map((store) => store.chat.appendMessage(message(id, `c${n}`))),
    );
    const values = sent.flatMap((result) => (result.ok ? [result.value] : []));
    expect(values.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(values.map((value) => value.message.id)).size).toBe(1);
    expect(values.map((value) => value.message.seq)).toEqual([n, n, n, n]);
  }
});

it('the same notification for the same people at once is stored once, whatever their order', async () => {
  const people = upTo(20).map((n) => `user-${n}`);
  for (const n of upTo(10)) {
    const note = { id: `n${n}`, title: 't', content: 'c', type: 'info' };
    const added = await Promise.all([
      one.inbox.addNotifications({ ...note, dedupeKey: `k${n}` }, people, []),
      other.inbox.addNotifications({ ...note, dedupeKey: `k${n}` }, people.toReversed(), []),
      other.inbox.addNotifications({ ...note, id: `other-${n}` }, people.toReversed(), []),
    ]);
    expect(added.flat().filter(({ isNew }) => isNew)).toHaveLength(people.length * 2);
  }
  for (const user of people) {
    expect(await one.inbox.counts(user)).toMatchObject({ unread: 20, total: 20, rev: 20 });
    const seqs = (await other.inbox.listAfter(user, 0, 100)).map(({ seq }) => seq);
    expect(seqs).toEqual(upTo(20));
  }
});

it('counts are right when one adds while the other marks', async () => {
  await Promise.all(
    upTo(60).map(async (n) => {
      const note = { id: `n${n}`, title: 't', content: 'c', type: 'info' };
      await one.inbox.addNotifications(note, ['ann'], []);
      await Promise.all([
        one.inbox.markNotifications('ann', [`n${n}`], 'read'),
        other.inbox.markNotifications('ann', 'all', 'seen'),
        other.inbox.markNotifications('ann', [`n${n}`], n % 2 === 0 ? 'archived' : 'read'),
      ]);
    }),
  );
  await one.inbox.markNotifications('ann', 'all', 'seen');
  expect(await other.inbox.counts('ann')).toMatchObject({ unread: 0, unseen: 0, total: 30 });
});

it('a pair that writes to each other at once has one conversation, a room one name', async () => {
  const inputs = [
    { kind: 'direct', members: ['ann', 'bob'] },
    { kind: 'direct', members: ['bob', 'ann'] },
    { kind: 'room', name: 'lobby', members: [] },
    { kind: 'room', name: 'lobby', members: [] },
  ] as const;
  const made = await Promise.all(
    inputs.map((input, n) => (n % 2 === 0 ? one : other).chat.createConversation(input)),
  );
  const [direct, again, room, sameRoom] = made.map((result) => result.conversation.id);
  expect([again, sameRoom]).toEqual([direct, room]);
  expect(made.filter(({ isNew }) => isNew)).toHaveLength(2);
});

it('of ends of one task that race through both exactly one is stored', async () => {
  await one.tasks.startTask({ id: 't', owner: 'ann', totalSteps: 1 });
  const results = await Promise.all(
    upTo(10).map((n) =>
      n % 2 === 0
        ? one.tasks.changeTask('t', { type: 'completed' })
        : other.tasks.changeTask('t', { type: 'failed', message: 'no' }),
    ),
  );
  expect(results.filter((result) => result.ok && result.value.isNew)).toHaveLength(1);
  expect((await one.tasks.getTask('t'))?.version).toBe(2);
});
