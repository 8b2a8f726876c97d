import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { storeContract } from '../../../../testkit/src/contracts/store-contract.ts';
import { WRITER_LEASE_MS } from '../../../../testkit/src/contracts/store-subject.ts';
import { silentLogger } from '../../../../testkit/src/simulation/node-fixture.ts';
import { StoreUnavailableError } from '../../ports/store.ts';
import { openPortStore } from './port-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { SqliteStore } from './sqlite-store.ts';

const silent = silentLogger();

const clock = { now: () => now, after: () => () => undefined };
let now = 1_700_000_000_000;

const clearing = (timer: NodeJS.Timeout) => () => clearTimeout(timer);

const openThread = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-store-'));
  const main = await openSqliteStore({
    path: join(directory, 'test.db'),
    logger: silent,
    clock,
    writerLeaseMs: WRITER_LEASE_MS,
  });
  const remove = async (): Promise<void> => {
    await main.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { main, remove };
};

const overPort = (main: SqliteStore) =>
  openPortStore({
    logger: silent,
    clock,
    openPort: async () => {
      const port = main.openPort();
      if (port === undefined) throw new Error('the store is away');
      return port;
    },
  });

storeContract('SQLite over a port', async () => {
  const { main, remove } = await openThread();
  const store = await overPort(main);
  return {
    store,
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    remove: async () => {
      await store.close();
      await remove();
    },
  };
});

const messageOf = (conversationId: string, sender: string, clientId: string) => ({
  conversationId,
  sender,
  clientId,
  kind: 'text',
  content: clientId,
  pushTo: [],
});

it('what several threads write into one conversation gets one numbering', async () => {
  const { main, remove } = await openThread();
  const stores = [main, await overPort(main), await overPort(main)];
  const created = await main.chat.createConversation({ kind: 'room', name: 'lobby', members: [] });
  const { id } = created.conversation;
  const sent = await Promise.all(
    stores.flatMap((store, index) =>
      Array.from({ length: 20 }, (_, n) =>
        store.chat.appendMessage(messageOf(id, `user${index}`, `m${n}`)),
      ),
    ),
  );
  const seqs = sent.map((each) => (each.ok ? each.value.message.seq : 0));
  expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  for (const store of stores.slice(1)) await store.close();
  await remove();
});

it('a port that broke off is replaced, and what was in flight ends with a coded error', async () => {
  const { main, remove } = await openThread();
  const ports: MessagePort[] = [];
  const reopened = Promise.withResolvers<void>();
  const logger = { ...silent, info: () => reopened.resolve() };
  const store = await openPortStore({
    logger,
    clock: { now: () => now, after: (ms, callback) => clearing(setTimeout(callback, ms)) },
    openPort: async () => {
      const port = main.openPort();
      if (port === undefined) throw new Error('the store is away');
      ports.push(port);
      return port;
    },
  });
  const inFlight = store.ping();
  ports[0]?.close();
  await expect(inFlight).rejects.toThrow(StoreUnavailableError);
  await expect(store.ping()).rejects.toThrow('is being restarted');
  await reopened.promise;
  await store.ping();
  expect(ports).toHaveLength(2);
  await store.close();
  await remove();
});

it('with the thread of the store everything in flight ends with a coded error', async () => {
  const { main, remove } = await openThread();
  const store = await overPort(main);
  await store.ping();
  await remove();
  await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
  await store.close();
});
