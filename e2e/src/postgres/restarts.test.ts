/** PostgreSQL crashes again and again while two processes are sending. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres } from '../../../packages/testkit/src/servers/postgres-server.ts';
import type { PostgresServer } from '../../../packages/testkit/src/servers/postgres-server.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { StoreUnavailableError } from '../../../packages/server/src/ports/store.ts';
import { allMessages, groupOf, message, openedStores, upTo } from './opened-stores.ts';

const RESTARTS = 10;
const SENDERS = 8;
const ACKS_BETWEEN = 150;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 30_000);
afterAll(() => server.stop());
const stores = openedStores();

/** As a client does: the same again until it is acknowledged. */
async function untilAcknowledged<T>(send: () => Promise<T>, onRefused: () => void): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      onRefused();
      await pause(20);
    }
  }
}

it(`crashed ${RESTARTS} times under load, it loses nothing acknowledged, stores nothing twice, leaves no hole`, async () => {
  const url = await server.createDatabase();
  const both = [await stores.open(url), await stores.open(url)];
  const [first] = both;
  if (first === undefined) throw new Error('no store');
  const ids = [await groupOf(first, 'ann', 'bob'), await groupOf(first, 'ann', 'bob')];
  const messages = new Map<string, { id: string; seq: number }>();
  const notifications = new Map<string, number>();
  let refused = 0;
  let isDone = false;
  let acknowledged = 0;
  let enough = (): void => undefined;
  const onAcknowledged = (): void => {
    acknowledged += 1;
    if (acknowledged >= ACKS_BETWEEN) enough();
  };
  const onRefused = (): void => void (refused += 1);

  async function send(store: Store, sender: number): Promise<void> {
    const conversationId = ids[sender % ids.length] ?? '';
    for (let n = 0; !isDone; n++) {
      const clientId = `${sender}-${n}`;
      const sent = await untilAcknowledged(
        () => store.chat.appendMessage(message(conversationId, clientId)),
        onRefused,
      );
      if (!sent.ok) throw new Error(sent.error);
      messages.set(clientId, { id: sent.value.message.id, seq: sent.value.message.seq });
      onAcknowledged();
    }
  }

  async function notify(store: Store, sender: number): Promise<void> {
    for (let n = 0; !isDone; n++) {
      const id = `${sender}-${n}`;
      const note = { id, title: id, content: 'c', type: 'info', dedupeKey: id };
      const [added] = await untilAcknowledged(
        () => store.inbox.addNotifications(note, ['cid'], []),
        onRefused,
      );
      notifications.set(id, added?.notification.seq ?? 0);
      onAcknowledged();
    }
  }

  const work = both.flatMap((store, index) =>
    upTo(SENDERS / 2).flatMap((n) => [
      send(store, index * 100 + n),
      notify(store, index * 100 + n),
    ]),
  );
  for (let round = 0; round < RESTARTS; round++) {
    await new Promise<void>((resolve) => {
      acknowledged = 0;
      enough = resolve;
    });
    await server.restart('immediate');
  }
  isDone = true;
  await Promise.all(work);

  const stored = (await Promise.all(ids.map((id) => allMessages(first, id)))).flat();
  const byClientId = new Map(stored.map((one) => [one.clientId, { id: one.id, seq: one.seq }]));
  expect(byClientId).toEqual(messages);
  expect(stored).toHaveLength(messages.size);
  for (const id of ids) {
    const seqs = stored.filter((one) => one.conversationId === id).map((one) => one.seq);
    expect(seqs).toEqual(upTo(seqs.length));
    expect((await first.chat.getConversation(id))?.lastSeq).toBe(seqs.length);
  }
  expect([...notifications.values()].toSorted((a, b) => a - b)).toEqual(upTo(notifications.size));
  const { total, rev } = await first.inbox.counts('cid');
  expect([total, rev]).toEqual([notifications.size, notifications.size]);
  const { pending } = await first.outbox.stats();
  expect(pending).toBe(messages.size + notifications.size);
  // The crashes were felt, so the numbers above mean something.
  expect(refused).toBeGreaterThan(0);
}, 60_000);
