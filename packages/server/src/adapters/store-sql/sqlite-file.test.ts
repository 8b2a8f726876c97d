/** What belongs to SQLite alone: the file, its lock, its schema, its groups. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import type { Store } from '../../ports/store.ts';
import { migrateSqlite } from './migrate-sqlite.ts';
import { openSqliteStore } from './sqlite-store.ts';

const silent = silentLogger();

let directory: string;
let path: string;
let opened: Store[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-file-'));
  path = join(directory, 'test.db');
  opened = [];
});

afterEach(async () => {
  for (const store of opened) await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(maxInFlight = 8192): Promise<Store> {
  const clock = { now: () => Date.now() };
  const store = await openSqliteStore({ path, logger: silent, clock, maxInFlight });
  opened.push(store);
  return store;
}

const groupOf = async (store: Store): Promise<string> => {
  const input = { kind: 'group', members: ['ann', 'bob'] } as const;
  return (await store.chat.createConversation(input)).conversation.id;
};

const message = (conversationId: string, clientId: string, content = 'text') => ({
  conversationId,
  sender: 'ann',
  clientId,
  kind: 'text',
  content,
  pushTo: ['bob'],
});

it('what was acknowledged is there after the file is opened again', async () => {
  const first = await open();
  const id = await groupOf(first);
  await first.chat.appendMessage(message(id, 'c1'));
  await first.inbox.addNotifications(
    { id: 'n1', title: 't', content: 'c', type: 'info', dedupeKey: 'k' },
    ['ann'],
    [],
  );
  await first.tasks.startTask({ id: 't1', owner: 'ann', totalSteps: 2 });
  await first.tasks.changeTask('t1', { type: 'progress', step: 1 });
  await first.close();

  const second = await open();
  expect(await second.chat.appendMessage(message(id, 'c1'))).toMatchObject({
    value: { isNew: false, message: { seq: 1 } },
  });
  expect(await second.chat.appendMessage(message(id, 'c2'))).toMatchObject({
    value: { isNew: true, message: { seq: 2 } },
  });
  expect(await second.inbox.counts('ann')).toMatchObject({ unread: 1, rev: 1 });
  expect(await second.tasks.getTask('t1')).toMatchObject({ step: 1, version: 2 });
});

it('rows that the last process held are claimed at once after a restart, as one attempt more', async () => {
  const first = await open();
  const outboxId = await first.outbox.add('push', '{}', ['ann']);
  expect(await first.outbox.claim(5, 60_000)).toEqual([]);
  await first.close();
  const second = await open();
  expect(await second.outbox.claim(5, 60_000)).toMatchObject([{ id: outboxId, attempts: 1 }]);
});

it('a second process is refused with the path and the pid of the first, until that one closes', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({
    name: 'DatabaseInUseError',
    message: expect.stringContaining(`${path} is in use by process ${process.pid}`),
  });
  await expect(migrateSqlite(path)).rejects.toMatchObject({ name: 'DatabaseInUseError' });
  await first.close();
  await expect(open()).resolves.toBeDefined();
});

it('migrating names what it applied, and applies nothing twice', async () => {
  expect(await migrateSqlite(path)).toEqual([
    '001-first-tables',
    '003-task-chunks',
    '004-task-order',
    '005-uploads',
  ]);
  expect(await migrateSqlite(path)).toEqual([]);
});

it('a file of a newer version is refused with both versions named, and left alone', async () => {
  await migrateSqlite(path);
  const database = new DatabaseSync(path);
  database.exec(`INSERT INTO schema_migration (name, timestamp) VALUES ('999-later', '2030')`);
  database.close();
  const refusal = expect.stringMatching(/has schema 999-later.*up to 005-uploads/);
  const expected = { name: 'SchemaTooNewError', message: refusal };
  await expect(open()).rejects.toMatchObject(expected);
  await expect(migrateSqlite(path)).rejects.toMatchObject(expected);
});

it('a path that cannot be opened is an error that says so', async () => {
  path = join(directory, 'missing', 'test.db');
  await expect(open()).rejects.toThrow(/unable to open database file/);
});

it('a call that goes wrong half-way undoes itself and nothing else of its group', async () => {
  const store = await open();
  const id = await groupOf(store);
  const bad = { ...message(id, 'bad'), content: JSON.parse('{}') };
  const results = await Promise.allSettled([
    store.chat.appendMessage(message(id, 'c1')),
    store.chat.appendMessage(bad),
    store.chat.appendMessage(message(id, 'c2')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { name: 'Error' } });
  const stored = await store.chat.listMessages(id, { after: 0, limit: 9 });
  expect(stored.map(({ seq, clientId }) => [seq, clientId])).toEqual([
    [1, 'c1'],
    [2, 'c2'],
  ]);
  expect((await store.outbox.stats()).pending).toBe(2);
});

it('a parameter that cannot reach the thread fails its call; answers go on matching calls', async () => {
  const store = await open();
  const unclonable = Object.assign(message('x', 'c'), { extra: () => undefined });
  await expect(store.chat.appendMessage(unclonable)).rejects.toThrow(/could not be cloned/);
  expect(await store.inbox.counts('ann')).toMatchObject({ total: 0 });
  await expect(store.ping()).resolves.toBeUndefined();
});

it('more calls than may wait are refused at once as too busy; the others are answered', async () => {
  const store = await open(10);
  const calls = Array.from({ length: 25 }, () => store.inbox.counts('ann'));
  const results = await Promise.allSettled(calls);
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(15);
  expect(refused[0]).toMatchObject({
    reason: { name: 'StoreUnavailableError', message: expect.stringContaining('too busy') },
  });
  await expect(store.inbox.counts('ann')).resolves.toBeDefined();
});

it('calls of one tick are one commit', async () => {
  const store = await open();
  const id = await groupOf(store);
  const watcher = new DatabaseSync(path);
  const stored = watcher.prepare('SELECT count(*) AS n FROM message');
  const seen = new Set<unknown>();
  const sends = Array.from({ length: 200 }, (_, n) =>
    store.chat.appendMessage(message(id, `c${n}`)).then(() => seen.add(stored.get()?.['n'])),
  );
  await Promise.all(sends);
  watcher.close();
  expect([...seen]).toEqual([200]);
});
