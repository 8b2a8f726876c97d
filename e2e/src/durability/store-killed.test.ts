/** The store in a process that is killed, again and again, in the middle of its work. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../../packages/testkit/src/simulation/node-fixture.ts';
import type { Message } from '../../../packages/server/src/ports/chat-store.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { openSqliteStore } from '../../../packages/server/src/adapters/store-sql/sqlite-store.ts';

const KILLS = 50;
const RESTART_MS = 2000;
const PROCESS = join(import.meta.dirname, 'store-process.ts');

type Ack =
  | { type: 'message'; conversationId: string; clientId: string; seq: number; id: string }
  | { type: 'notification'; id: string; seq: number }
  | { type: 'task'; id: string; version: number; status: string };

const silent = silentLogger();

let directory: string;
let path: string;
let store: Store | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-killed-'));
  path = join(directory, 'test.db');
});

afterEach(async () => {
  await store?.close();
  await rm(directory, { recursive: true, force: true });
});

it(`killed ${KILLS} times in the middle of its work, it loses nothing acknowledged and stores nothing twice`, async () => {
  let acknowledged = 0;
  const restartsMs: number[] = [];
  for (let round = 0; round < KILLS; round++) {
    const acks = await killAfter(`r${round}`, 20 + ((round * 37) % 300));
    acknowledged += acks.length;
    const began = performance.now();
    store = await openSqliteStore({ path, logger: silent, clock: { now: () => Date.now() } });
    await store.ping();
    restartsMs.push(performance.now() - began);
    await expectKept(store, acks);
    await expectRetriesOnce(store, acks);
    await store.close();
  }
  store = await openSqliteStore({ path, logger: silent, clock: { now: () => Date.now() } });
  await expectWhole(store);
  expect(acknowledged).toBeGreaterThan(KILLS * 20);
  // The median: other tests share the processors, and a single restart may have had to wait.
  expect(restartsMs.toSorted((a, b) => a - b)[KILLS / 2]).toBeLessThan(RESTART_MS);
}, 300_000);

/** Runs the process until it has acknowledged so many, kills it, and returns all it acknowledged. */
async function killAfter(round: string, count: number): Promise<readonly Ack[]> {
  const args = [...process.execArgv, PROCESS, path, round];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acks: Ack[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // A line is written whole before the next call; only the last one can be cut off by the kill.
    if (line.endsWith('}')) acks.push(JSON.parse(line) as Ack);
    if (acks.length === count) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return acks;
}

async function expectKept(reopened: Store, acks: readonly Ack[]): Promise<void> {
  const messages = await messagesOf(reopened, acks);
  const notes = new Map(
    (await reopened.inbox.listAfter('ann', firstSeq(acks) - 1, 1e6)).map((note) => [
      note.id,
      note.seq,
    ]),
  );
  for (const ack of acks) {
    if (ack.type === 'message') {
      expect(messages.get(ack.id)).toMatchObject({ seq: ack.seq, clientId: ack.clientId });
    } else if (ack.type === 'notification') {
      expect(notes.get(ack.id)).toBe(ack.seq);
    } else {
      const task = await reopened.tasks.getTask(ack.id);
      expect(task?.version).toBeGreaterThanOrEqual(ack.version);
      if (ack.status !== 'running') expect(task?.status).toBe(ack.status);
    }
  }
}

async function messagesOf(
  reopened: Store,
  acks: readonly Ack[],
): Promise<ReadonlyMap<string, Message>> {
  const byId = new Map<string, Message>();
  for (const id of new Set(
    acks.flatMap((ack) => ('conversationId' in ack ? [ack.conversationId] : [])),
  )) {
    for (const message of await reopened.chat.listMessages(id, { limit: 1e6 })) {
      byId.set(message.id, message);
    }
  }
  return byId;
}

const firstSeq = (acks: readonly Ack[]): number =>
  Math.min(...acks.flatMap((ack) => (ack.type === 'notification' ? [ack.seq] : [])), 1e9);

/** What was acknowledged is known on a retry; what was in flight is stored by it, if it was not. */
async function expectRetriesOnce(reopened: Store, acks: readonly Ack[]): Promise<void> {
  for (const ack of acks.slice(-60)) {
    if (ack.type === 'message') await retryMessage(reopened, ack);
    if (ack.type === 'notification') await retryNotification(reopened, ack.id);
  }
}

async function retryMessage(
  { chat }: Store,
  ack: Extract<Ack, { type: 'message' }>,
): Promise<void> {
  const { conversationId } = ack;
  const send = (clientId: string) =>
    chat.appendMessage({
      conversationId,
      sender: 'ann',
      clientId,
      kind: 'text',
      content: 'retry',
      pushTo: [],
    });
  const known = { isNew: false, message: { id: ack.id, seq: ack.seq } };
  expect(await send(ack.clientId)).toMatchObject({ value: known });
  const next = nextOf(ack.clientId);
  const first = await send(next);
  const second = await send(next);
  expect(first.ok && second.ok && second.value.message).toEqual(first.ok && first.value.message);
}

async function retryNotification({ inbox }: Store, acked: string): Promise<void> {
  const add = async (id: string) => {
    const note = { id, title: id, content: 'retry', type: 'info', dedupeKey: id };
    return (await inbox.addNotifications(note, ['ann'], []))[0];
  };
  expect((await add(acked))?.isNew).toBe(false);
  const next = nextOf(acked);
  const first = await add(next);
  expect((await add(next))?.notification).toEqual(first?.notification);
}

/** The id that its sender used after this one, or would have. */
function nextOf(id: string): string {
  const [round, sender, n] = id.split('-');
  return `${round}-${sender}-${Number(n) + 1}`;
}

/** seq 1, 2, 3 … without a hole, every client id once, counts that match. */
async function expectWhole({ chat, inbox }: Store): Promise<void> {
  for (const name of ['a', 'b', 'c']) {
    const { conversation } = await chat.createConversation({ kind: 'room', name, members: [] });
    const messages = await chat.listMessages(conversation.id, { limit: 1e6 });
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
    expect(conversation.lastSeq).toBe(messages.length);
    expect(new Set(messages.map(({ clientId }) => clientId)).size).toBe(messages.length);
  }
  const notes = await inbox.listAfter('ann', 0, 1e6);
  expect(notes.map(({ seq }) => seq)).toEqual(notes.map((_, index) => index + 1));
  expect(new Set(notes.map(({ id }) => id)).size).toBe(notes.length);
  expect(await inbox.counts('ann')).toMatchObject({ total: notes.length, unread: notes.length });
}
