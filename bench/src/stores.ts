/**
 * The two databases side by side, by themselves: messages acknowledged a second, alternating
 * (A B B A …), with 1, 16 and 128 in flight; then one notification for 10,000 people. Not a row of
 * `npm run bench`: no server is involved.
 *
 *   node --conditions=@carillon/source bench/src/stores.ts [seconds per measurement] [rounds]
 *
 * PostgreSQL is a temporary one on this machine, or that of DATABASE_URL (an empty database).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresStore } from '../../packages/server/src/adapters/store-sql/postgres/postgres-store.ts';
import { openSqliteStore } from '../../packages/server/src/adapters/store-sql/sqlite-store.ts';
import type { Logger } from '../../packages/server/src/ports/logger.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { startPostgres } from '../../packages/testkit/src/servers/postgres-server.ts';
import { spreadOf } from './stats.ts';

const LOADS = [1, 16, 128];
const RECIPIENTS = 10_000;
const COMPLETED_AT_ONCE = 500;
const CONTENT = 'x'.repeat(200);

const [seconds = 2, rounds = 5] = process.argv.slice(2).map(Number);
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_, text) => console.error(text),
  error: (_, text) => console.error(text),
  child: () => logger,
};

interface Measured {
  readonly perSecond: number;
  readonly p99Ms: number;
}

let sent = 0;

/** Every sender has one message in flight; the outbox is emptied as the server does. */
async function send(store: Store, senders: number): Promise<Measured> {
  const latencies: number[] = [];
  const told: number[] = [];
  const created = await Promise.all(
    Array.from({ length: senders }, () =>
      store.chat.createConversation({ kind: 'group', members: ['ann', 'bob'] }),
    ),
  );
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    created.map(async ({ conversation }) => {
      for (let began = performance.now(); began < until; began = performance.now()) {
        sent += 1;
        const result = await store.chat.appendMessage({
          conversationId: conversation.id,
          sender: 'ann',
          clientId: String(sent),
          kind: 'text',
          content: CONTENT,
          pushTo: [],
        });
        if (!result.ok || result.value.outboxId === undefined) throw new Error('not stored');
        latencies.push(performance.now() - began);
        told.push(result.value.outboxId);
        if (told.length >= COMPLETED_AT_ONCE) void store.outbox.complete(told.splice(0));
      }
    }),
  );
  await store.outbox.complete(told);
  latencies.sort((a, b) => a - b);
  const p99Ms = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
  return { perSecond: latencies.length / seconds, p99Ms };
}

async function notifyMany(store: Store): Promise<number> {
  const users = Array.from({ length: RECIPIENTS }, (_, n) => `user-${n}`);
  const began = performance.now();
  sent += 1;
  const note = { id: `n${sent}`, title: 'title', content: CONTENT, type: 'info' };
  const added = await store.inbox.addNotifications(note, users, []);
  const tookMs = performance.now() - began;
  await store.outbox.complete(added.flatMap(({ outboxId }) => outboxId ?? []));
  return tookMs;
}

const show = (values: readonly number[]): string => {
  const { median, min, max } = spreadOf(values);
  return `${median.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)})`;
};

const directory = await mkdtemp(join(tmpdir(), 'carillon-stores-'));
const given = process.env['DATABASE_URL'];
const server = given === undefined ? await startPostgres() : undefined;
const common = { logger, clock: { now: () => Date.now() } };
const stores: Readonly<Record<string, Store>> = {
  SQLite: await openSqliteStore({ path: join(directory, 'bench.db'), ...common }),
  PostgreSQL: await openPostgresStore({ url: given ?? server?.url ?? '', ...common }),
};

const rates = new Map<string, Measured[]>();
const fanOuts = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  const order = Object.entries(stores);
  for (const [name, store] of round % 2 === 0 ? order : order.toReversed()) {
    for (const senders of LOADS) {
      const key = `${name}, ${senders} in flight`;
      rates.set(key, [...(rates.get(key) ?? []), await send(store, senders)]);
    }
    fanOuts.set(name, [...(fanOuts.get(name) ?? []), await notifyMany(store)]);
  }
}
for (const [key, all] of rates) {
  const rate = show(all.map(({ perSecond }) => perSecond));
  console.log(`${key}: ${rate} messages/s; p99 ${show(all.map(({ p99Ms }) => p99Ms))} ms`);
}
for (const [name, all] of fanOuts) {
  console.log(`${name}, one notification for ${RECIPIENTS} people: ${show(all)} ms`);
}
await Promise.all(Object.values(stores).map((store) => store.close()));
await server?.stop();
await rm(directory, { recursive: true, force: true });
