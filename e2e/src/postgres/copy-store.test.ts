/** `carillon copy-store`: a grown embedded store moves to PostgreSQL, whatever happens on the way. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startPostgres } from '../../../packages/testkit/src/servers/postgres-server.ts';
import type { PostgresServer } from '../../../packages/testkit/src/servers/postgres-server.ts';
import { openSqliteStore } from '../../../packages/server/src/adapters/store-sql/sqlite-store.ts';
import { silentLogger } from '../../../packages/testkit/src/simulation/node-fixture.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { runCli } from '../cli/run-cli.ts';
import { allMessages, groupOf, message, openedStores, upTo } from './opened-stores.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CLI = join(ROOT, 'packages', 'server', 'src', 'cli.ts');
const MANY = 60_000;

const silent = silentLogger();

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 30_000);
afterAll(() => server.stop());

const stores = openedStores();
let directory: string;
let from: string;
let to: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-copy-'));
  from = join(directory, 'carillon.db');
  to = await server.createDatabase();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const openSource = (): Promise<Store> =>
  openSqliteStore({ path: from, logger: silent, clock: { now: () => Date.now() } });

const copy = (...more: string[]) => runCli(['copy-store', '--from', from, '--to', to, ...more]);

/** Something of everything; returns what a reader of the store can see of it. */
async function fill(store: Store): Promise<string> {
  const group = await groupOf(store, 'ann', 'bob');
  await store.chat.createConversation({ kind: 'room', name: 'lobby', members: [] });
  await store.chat.createConversation({ kind: 'direct', members: ['ann', 'bob'] });
  const sends = upTo(300).map((n) => message(group, `c${n}`));
  await Promise.all(sends.map((one) => store.chat.appendMessage(one)));
  const odd = {
    ...message(group, 'odd'),
    content: 'a\0b \u{1F514} \u0001',
    attributes: '{"a":[1]}',
  };
  await store.chat.appendMessage(odd);
  await store.chat.markRead(group, 'bob', 120);
  for (const n of upTo(20)) {
    const note = { id: `n${n}`, title: `t${n}`, content: 'c', type: 'info', dedupeKey: `k${n}` };
    await store.inbox.addNotifications(note, ['ann', 'bob'], ['bob']);
  }
  await store.inbox.markNotifications('ann', ['n1', 'n2'], 'read');
  await store.inbox.markNotifications('ann', ['n3'], 'archived');
  await store.tasks.startTask({ id: 't1', owner: 'ann', title: 'one', totalSteps: 3 });
  await store.tasks.changeTask('t1', { type: 'progress', step: 1.5 });
  await store.outbox.bury(await store.outbox.add('push', '{}', ['ann']), 'gone');
  await store.outbox.complete([await store.outbox.add('push', '{}', [])]);
  return group;
}

const seenIn = async (store: Store, group: string) => ({
  group: await store.chat.getConversation(group),
  messages: await allMessages(store, group),
  lists: await Promise.all(
    ['ann', 'bob'].map((user) => store.chat.listConversations(user, { limit: 50 })),
  ),
  inboxes: await Promise.all(
    ['ann', 'bob'].map(async (user) => ({
      items: await store.inbox.listAfter(user, 0, 100),
      counts: await store.inbox.counts(user),
    })),
  ),
  task: await store.tasks.getTask('t1'),
  outbox: await store.outbox.stats(),
});

it('everything is the same afterwards, and goes on from there', async () => {
  const source = await openSource();
  const group = await fill(source);
  const expected = await seenIn(source, group);
  await source.close();

  const { code, stdout, stderr } = await copy();
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/Checked: .*\n {2}conversation +3\n {2}member +4\n {2}message +301\n/);

  const store = await stores.open(to);
  expect(await seenIn(store, group)).toEqual(expected);
  const again = await store.chat.appendMessage(message(group, 'c7'));
  expect(again).toMatchObject({ value: { isNew: false } });
  const next = await store.chat.appendMessage(message(group, 'new'));
  expect(next).toMatchObject({ value: { isNew: true, message: { seq: 302 } } });
  // Ids of the outbox are not used twice, not even that of a completed row.
  const reopened = await openSource();
  const nextOfSource = await reopened.outbox.add('push', '{}', []);
  await reopened.close();
  expect(next).toMatchObject({ value: { outboxId: nextOfSource } });
});

it('killed in the middle, it goes on where it was; until then no server starts on it', async () => {
  await fillWithMany();
  const child = startCopy();
  await untilRowsCopied(child);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await rowsCopied()).toBeLessThan(MANY);
  await expect(stores.open(to)).rejects.toThrow(/copy into this database was not finished/);

  const { code, stdout } = await copy();
  expect(code).toBe(0);
  expect(stdout).toContain('An interrupted copy goes on.');
  expect(stdout).toMatch(new RegExp(`message +${MANY}\n`));
  const store = await stores.open(to);
  expect(await store.chat.listMessages('big', { after: MANY - 2, limit: 9 })).toHaveLength(2);
}, 30_000);

it('stopped by a signal it says so; what was changed since is refused', async () => {
  await fillWithMany();
  const child = startCopy();
  await untilRowsCopied(child);
  child.kill('SIGINT');
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code]: unknown[] = await once(child, 'close');
  expect(code).toBe(1);
  expect(printed).toContain('Stopped. The same command goes on where it was.');

  const source = await openSource();
  await source.chat.appendMessage(message('big', 'later'));
  await source.close();
  const { code: refused, stderr } = await copy();
  expect(refused).toBe(1);
  expect(stderr).toMatch(/--from was changed since; make the target database anew/);
}, 30_000);

it('two copies into one database at once: the second is refused', async () => {
  await fillWithMany();
  const child = startCopy();
  await untilRowsCopied(child);
  // Held half-way, however fast the machine is; SIGKILL ends a stopped process too.
  child.kill('SIGSTOP');
  const second = join(directory, 'second.db');
  const other = await openSqliteStore({ path: second, logger: silent, clock: { now: Date.now } });
  await other.close();
  const { stderr } = await runCli(['copy-store', '--from', second, '--to', to]);
  expect(stderr).toMatch(/another copy into .* is running/);
  child.kill('SIGKILL');
  await once(child, 'exit');
}, 30_000);

it('a source in use, a missing file, a target with data and a wrong URL are refused with the value and the fix', async () => {
  const source = await openSource();
  await fill(source);
  const inUse = await copy();
  expect(inUse.stderr).toMatch(/carillon\.db is in use by process \d+.*stop that process/);
  await source.close();

  const missing = await runCli(['copy-store', '--from', join(directory, 'none.db'), '--to', to]);
  expect(missing.stderr).toMatch(/--from: there is no file .*none\.db; name the carillon\.db/);

  const target = await stores.open(to);
  await groupOf(target, 'ann', 'bob');
  const occupied = await copy();
  expect(occupied.stderr).toMatch(/--to: .* is not empty: conversation has 1 row\(s\)/);
  expect(inUse.code + ' ' + missing.code + ' ' + occupied.code).toBe('1 1 1');

  to = 'mysql://localhost/x';
  const wrong = await copy();
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('not a PostgreSQL URL') });
  const nothing = await runCli(['copy-store']);
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('--from') });
}, 30_000);

it('carillon migrate brings the database of DATABASE_URL to this version', async () => {
  const env = { DATABASE_URL: to.replace('postgresql://', 'postgresql+psycopg://') };
  const first = await runCli(['migrate'], env);
  expect(first.stderr).toBe('');
  expect(first.stdout).toContain(
    'applied 001-first-tables\napplied 002-postgres-storage\napplied 003-task-chunks\napplied 004-task-order\napplied 005-uploads\n',
  );
  expect((await runCli(['migrate'], env)).stdout).toMatch(
    /127\.0\.0\.1:\d+\/test_\d+ is up to date/,
  );
});

/** One conversation with many messages, written straight into the file. */
async function fillWithMany(): Promise<void> {
  await (await openSource()).close();
  const database = new DatabaseSync(from);
  database.exec(`
    INSERT INTO conversation (id, kind, created_at, last_active_at, last_seq, rev)
      VALUES ('big', 'group', 1, 1, ${MANY}, ${MANY});
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${MANY})
    INSERT INTO message (conversation_id, seq, id, sender, client_id, kind, content, rev, created_at)
      SELECT 'big', n, 'm' || n, 'ann', 'c' || n, 'text', 'text of ' || n, n, 1 FROM n;
  `);
  database.close();
}

function startCopy() {
  const args = ['--conditions=@carillon/source', CLI, 'copy-store', '--from', from, '--to', to];
  return spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function rowsCopied(): Promise<number> {
  const client = new pg.Client({ connectionString: to });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT CASE WHEN to_regclass('store_copy') IS NULL THEN 0 ELSE (SELECT count(*) FROM message) END::int AS n",
    );
    return Number(rows[0]?.n);
  } catch {
    return 0;
  } finally {
    await client.end();
  }
}

async function untilRowsCopied(child: ChildProcess): Promise<void> {
  while ((await rowsCopied()) === 0) {
    if (child.exitCode !== null) throw new Error('the copy ended before anything was copied');
    await pause(5);
  }
}
