/** The database is away, hangs, or is locked: bounded waits, coded errors, and recovery by itself. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startPostgres } from '../../../packages/testkit/src/servers/postgres-server.ts';
import type { PostgresServer } from '../../../packages/testkit/src/servers/postgres-server.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { groupOf, message, openedStores, upTo } from './opened-stores.ts';

const TIMEOUT_MS = 600;
/** The statement timeout, and what a busy test machine adds to it. */
const BOUND_MS = TIMEOUT_MS + 2400;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 30_000);
afterAll(() => server.stop());
const stores = openedStores();
const unavailable = { name: 'StoreUnavailableError' };

const everyKind = (store: Store, id: string): readonly (() => Promise<unknown>)[] => [
  () => store.chat.appendMessage(message(id, 'c1')),
  () => store.inbox.addNotifications({ id: 'n', title: 't', content: 'c', type: 'i' }, ['ann'], []),
  () => store.chat.getConversation(id),
  () => store.chat.markRead(id, 'ann', 1),
  () => store.outbox.claim(1, 1000),
  () => store.outbox.complete([1]),
  () => store.ping(),
];

async function expectAllRefused(store: Store, id: string): Promise<void> {
  const began = performance.now();
  for (const result of await Promise.allSettled(everyKind(store, id).map((call) => call()))) {
    expect(result).toMatchObject({ status: 'rejected', reason: unavailable });
  }
  expect(performance.now() - began).toBeLessThan(BOUND_MS);
}

async function expectAllServed(store: Store, id: string): Promise<void> {
  for (const call of everyKind(store, id)) await call();
}

it('while the database is away every call is refused with a coded error; afterwards all go on by themselves', async () => {
  const store = await stores.open(await server.createDatabase());
  const id = await groupOf(store, 'ann', 'bob');
  for (const mode of ['fast', 'immediate'] as const) {
    await server.halt(mode);
    await expectAllRefused(store, id);
    await expectAllRefused(store, id);
    await server.start();
    await expectAllServed(store, id);
  }
  expect(stores.logged.filter((text) => text === 'the database saves again')).toHaveLength(2);
});

it('a call on a connection that died unnoticed is tried again on a fresh one', async () => {
  const store = await stores.open(await server.createDatabase());
  const id = await groupOf(store, 'ann', 'bob');
  for (let round = 0; round < 5; round++) {
    await expectAllServed(store, id);
    await server.restart('fast');
    await expect(store.chat.markRead(id, 'ann', 1)).resolves.toMatchObject({ ok: true });
    await expect(store.chat.getConversation(id)).resolves.toMatchObject({ id });
  }
});

it('a lock that somebody else holds makes a call wait for the statement timeout and no longer', async () => {
  const url = await server.createDatabase();
  const store = await stores.open(url, { statementTimeoutMs: TIMEOUT_MS });
  const id = await groupOf(store, 'ann', 'bob');
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT 1 FROM conversation WHERE id = '${id}' FOR UPDATE`);
  const began = performance.now();
  const results = await Promise.allSettled(
    upTo(40).map((n) => store.chat.appendMessage(message(id, `c${n}`))),
  );
  expect(performance.now() - began).toBeLessThan(BOUND_MS);
  for (const result of results) expect(result).toMatchObject({ reason: unavailable });
  await holder.end();
  await expect(store.chat.appendMessage(message(id, 'c1'))).resolves.toMatchObject({
    value: { isNew: true, message: { seq: 1 } },
  });
});

it('calls that wait for one locked row leave the connections to all others', async () => {
  const url = await server.createDatabase();
  const store = await stores.open(url, { poolSize: 3 });
  const [locked, free] = [await groupOf(store, 'ann', 'bob'), await groupOf(store, 'ann', 'bob')];
  const holder = new pg.Client(url);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT 1 FROM conversation WHERE id = '${locked}' FOR UPDATE`);
  const waiting = upTo(50).flatMap((n) => [
    store.chat.markRead(locked, 'ann', n),
    store.chat.appendMessage(message(locked, `c${n}`)),
  ]);
  // One sending, one marking, and no more: the third connection is free.
  await untilLockWaits(url, 2);
  const sent = await store.chat.appendMessage(message(free, 'c'));
  expect(sent).toMatchObject({ ok: true });
  expect(await store.chat.markRead(free, 'bob', 1)).toMatchObject({ ok: true });
  await holder.query('COMMIT');
  await holder.end();
  for (const result of await Promise.all(waiting)) expect(result.ok).toBe(true);
});

it('of two that wait for each other the store tries again, and nobody notices', async () => {
  const url = await server.createDatabase();
  const store = await stores.open(url);
  const id = await groupOf(store, 'ann', 'bob');
  await store.chat.appendMessage(message(id, 'c1'));
  const holder = new pg.Client(url);
  await holder.connect();
  // So that the store's session is the one that finds out, and is rolled back.
  await holder.query("SET deadlock_timeout = '60s'");
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM member FOR UPDATE');
  const marking = store.chat.markRead(id, 'bob', 1);
  await untilLockWaits(url, 1);
  await holder.query('SELECT 1 FROM conversation FOR UPDATE');
  await holder.query('COMMIT');
  expect(await marking).toMatchObject({ ok: true, value: { hasMoved: true, unread: 0 } });
  expect(server.output()).toContain('deadlock detected');
  await holder.end();
});

it('a table that a newer version has changed is read on', async () => {
  const url = await server.createDatabase();
  const store = await stores.open(url);
  const id = await groupOf(store, 'ann', 'bob');
  const use = async (): Promise<void> => {
    await Promise.all(
      upTo(12).map(async (n) => {
        await store.chat.appendMessage(message(id, `c${n}`));
        expect((await store.chat.listMessages(id, { limit: 1 })).length).toBe(1);
      }),
    );
  };
  await use();
  const client = new pg.Client(url);
  await client.connect();
  await client.query('ALTER TABLE message ADD COLUMN of_a_newer_version text');
  await client.end();
  await use();
});

/** Until so many sessions of the database wait for a lock. */
async function untilLockWaits(url: string, count: number): Promise<void> {
  const observer = new pg.Client(url);
  await observer.connect();
  const waiting = `SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await observer.query(waiting)).rows.length < count) await pause(5);
  await observer.end();
}

let gate: Gate | undefined;
afterEach(() => gate?.close());

it('a database that falls silent is given up after the statement timeout, and used again when it answers', async () => {
  gate = await openGate(server.port);
  const database = new URL(await server.createDatabase());
  database.port = String(gate.port);
  const store = await stores.open(database.href, { statementTimeoutMs: TIMEOUT_MS });
  const id = await groupOf(store, 'ann', 'bob');
  await expectAllServed(store, id);
  gate.stall();
  await expectAllRefused(store, id);
  gate.flow();
  await expectAllServed(store, id);
});

it('more calls than may wait are refused at once as too busy; the others are answered', async () => {
  const store = await stores.open(await server.createDatabase(), { maxInFlight: 10 });
  const results = await Promise.allSettled(upTo(25).map(() => store.inbox.counts('ann')));
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(15);
  expect(refused[0]).toMatchObject({ reason: unavailable });
});

it('a start without a database says where it looked and what to check, without the password', async () => {
  const url = 'postgresql+psycopg://ann:secret@127.0.0.1:1/carillon';
  const opening = stores.open(url, { connectTimeoutMs: 300 });
  await expect(opening).rejects.toThrow(
    /^DATABASE_URL: cannot use PostgreSQL at 127\.0\.0\.1:1\/carillon: .*ECONNREFUSED.*; check/,
  );
  await expect(opening).rejects.not.toThrow(/secret/);
  const missing = new URL(server.url);
  missing.pathname = '/nowhere';
  await expect(stores.open(missing.href)).rejects.toThrow(/"nowhere" does not exist/);
  await expect(stores.open('localhost')).rejects.toThrow(/DATABASE_URL is not a URL/);
});

it('settings under which PostgreSQL forgets commits are warned of, by name', async () => {
  const url = await server.createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`,
  );
  await client.end();
  await stores.open(url);
  expect(stores.logged).toContainEqual(expect.stringContaining('synchronous_commit = off'));
});

/** Between a store and its database: can let nothing through, without closing anything. */
interface Gate {
  readonly port: number;
  stall(): void;
  flow(): void;
  close(): void;
}

async function openGate(to: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const listener: Server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!isStalled) into.write(bytes);
      });
      from.on('error', () => into.destroy());
      from.on('close', () => into.destroy());
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    port: address.port,
    stall: () => void (isStalled = true),
    flow: () => void (isStalled = false),
    close: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}
