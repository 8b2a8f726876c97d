/** A thread that crashes is replaced and takes nothing with it; the process drains, or is killed, as one. */
import type { RunningServer } from '@carillon/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Call } from '../http/api-client.ts';
import { apiClients } from '../http/api-client.ts';
import { Clients, Collected, next, subscribed } from '../native/native-server.ts';
import { PlainClient } from '../plain/plain-client.ts';
import { connectionsByWorker, onWorker, startWorkers } from './two-workers.ts';

let server: RunningServer | undefined;
let dataDir: string | undefined;
const clients = new Clients();

afterEach(async () => {
  clients.close();
  await server?.stop();
  server = undefined;
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  dataDir = undefined;
});

const start = async (): Promise<RunningServer> => {
  dataDir ??= await mkdtemp(join(tmpdir(), 'carillon-workers-'));
  server = await startWorkers({ dataDir });
  return server;
};

const sdkOn = async (running: RunningServer, number: 1 | 2, user: string) => {
  const token = await running.token(user);
  return onWorker(running, number, {
    open: () => clients.connect(running.wsUrl, { token }),
    close: (client) => {
      const gone = next(client, 'disconnected');
      client.disconnect();
      return gone;
    },
  });
};

const createConversation = async (api: Call): Promise<string> => {
  const input = { kind: 'group', members: ['ann', 'bob'] };
  const { body } = await api('POST', '/api/v1/conversations', input);
  return `/api/v1/conversations/${String(body['id'])}/messages`;
};

/**
 * Sends one after another and tries again what was not answered, until `count` are acknowledged.
 * A request may meet a thread that is just ending: no answer, never a wrong one.
 */
async function sendAll(running: RunningServer, path: string, names: readonly string[]) {
  const api = apiClients(running).backend;
  const acknowledged = new Map<string, unknown>();
  let unanswered = 0;
  for (const clientId of names) {
    await vi.waitFor(
      async () => {
        try {
          const { status, body } = await api('POST', path, {
            clientId,
            content: clientId,
            sender: 'ann',
          });
          expect([200, 201]).toContain(status);
          acknowledged.set(clientId, body['seq']);
        } catch (error) {
          if (error instanceof TypeError) unanswered += 1;
          throw error;
        }
      },
      { timeout: 10_000, interval: 20 },
    );
  }
  return { acknowledged, unanswered };
}

async function storedIn(running: RunningServer, path: string) {
  const stored = new Map<string, unknown>();
  for (;;) {
    const page = `${path}?after=${stored.size}&limit=100`;
    const { body } = await apiClients(running).backend('GET', page);
    const messages = body['messages'] as readonly Readonly<Record<string, unknown>>[];
    if (messages.length === 0) return stored;
    for (const { client_id, seq } of messages) stored.set(String(client_id), seq);
  }
}

/**
 * The messages' numbers as they came, until all have come. One whose thread ended between commit
 * and publication is told later by another, once its lease is over.
 */
async function allSeqs(list: Collected): Promise<readonly unknown[]> {
  for (let count = 240; ; count += 1) {
    const seen = (await list.atLeast(count)) as readonly { readonly data: { seq: number } }[];
    const seqs = seen.map(({ data }) => data.seq);
    if (new Set(seqs).size === 240) return seqs;
  }
}

const namesOf = (sender: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${sender}-${n}`);

it('a worker that crashes is replaced: its people come back, nothing acknowledged is lost, all see one order', async () => {
  const running = await start();
  const path = await createConversation(apiClients(running).backend);
  const hit = await sdkOn(running, 1, 'ann');
  const spared = await sdkOn(running, 2, 'bob');
  const channel = `chat:${path.split('/')[4] ?? ''}`;
  const lists = [];
  for (const person of [hit, spared]) lists.push(new Collected(await subscribed(person, channel)));
  let cuts = 0;
  hit.on('connecting', () => (cuts += 1));
  spared.on('connecting', () => expect.unreachable('the other thread lost a connection'));

  const senders = [0, 1, 2, 3].map((sender) => sendAll(running, path, namesOf(sender, 60)));
  for (let crash = 1; crash <= 2; crash += 1) {
    process.kill(running.pid, 'SIGUSR2');
    await vi.waitFor(() => {
      const restarts = running.output().split('a worker thread was started again').length - 1;
      expect(restarts).toBe(crash);
    }, 10_000);
  }
  const results = await Promise.all(senders);

  const acknowledged = new Map(results.flatMap((result) => [...result.acknowledged]));
  expect(acknowledged.size).toBe(240);
  const stored = await storedIn(running, path);
  expect(stored).toEqual(acknowledged);
  expect([...stored.values()]).toEqual(Array.from({ length: 240 }, (_, index) => index + 1));
  const [one, other] = await Promise.all(lists.map(allSeqs));
  expect(one).toEqual(other);
  expect(new Set(one)).toEqual(new Set(stored.values()));
  expect(cuts).toBeGreaterThan(0);
  expect(running.output()).toContain('struck by lightning');
}, 60_000);

it('what a crashed worker held is forgotten at once, and readiness is red until it is replaced', async () => {
  const running = await start();
  const ready = async (): Promise<number> => (await fetch(`${running.url}/ready`)).status;
  const hit = await sdkOn(running, 1, 'ann');
  const spared = await sdkOn(running, 2, 'bob');
  await subscribed(hit, 'news:who');
  const news = await subscribed(spared, 'news:who');
  expect((await news.presenceStats()).numClients).toBe(2);
  const left = next(hit, 'connecting');
  hit.on('connecting', () => hit.disconnect());
  process.kill(running.pid, 'SIGUSR2');
  await left;
  await vi.waitFor(() => expect(running.output()).toContain('a worker thread ended'), 5_000);
  expect(await ready()).toBe(503);
  await vi.waitFor(async () => expect((await news.presenceStats()).numClients).toBe(1), 5_000);
  const stats = await apiClients(running).backend('GET', '/api/ws/stats');
  expect(stats.body).toEqual({ total_users: 1, total_connections: 1, users: { bob: 1 } });
  await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 10_000, interval: 50 });
  expect(await connectionsByWorker(running)).toEqual([0, 1]);
  const page = await (await fetch(`${running.url}/metrics`)).text();
  expect(page).toMatch(/^carillon_worker_restarts_total 1$/m);
}, 30_000);

it('kill -9 of the process loses nothing that was acknowledged', async () => {
  let running = await start();
  const path = await createConversation(apiClients(running).backend);
  const acknowledged = new Map<string, unknown>();
  for (let round = 0; round < 2; round += 1) {
    const api = apiClients(running).backend;
    let answered = 0;
    const victim = running;
    const send = async (sender: number): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const clientId = `${round}.${sender}.${n}`;
        try {
          const message = { clientId, content: clientId, sender: 'ann' };
          const { body } = await api('POST', path, message);
          acknowledged.set(clientId, body['seq']);
        } catch {
          return;
        }
        answered += 1;
        if (answered === 60) void victim.kill('SIGKILL');
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(send));
    await victim.exited;
    running = await start();
  }
  const stored = await storedIn(running, path);
  expect([...stored.values()]).toEqual(Array.from({ length: stored.size }, (_, n) => n + 1));
  for (const [clientId, seq] of acknowledged) expect(stored.get(clientId)).toBe(seq);
  expect(acknowledged.size).toBeGreaterThanOrEqual(120);
}, 40_000);

it('SIGTERM drains all threads: everybody is told to come back elsewhere, the exit is clean', async () => {
  const running = await start();
  const [first, second] = [await sdkOn(running, 1, 'ann'), await sdkOn(running, 2, 'bob')];
  const plain = await PlainClient.open(`${running.wsUrl}/ws`);
  const told = [first, second].map((each) => next<{ code: number }>(each, 'connecting'));
  const began = performance.now();
  const stopping = running.kill('SIGTERM');
  for (const each of await Promise.all(told)) expect(each.code).toBe(3001);
  expect((await plain.closed).code).toBe(1001);
  await stopping;
  expect(await running.exited).toBe(0);
  expect(performance.now() - began).toBeLessThan(25_000);
  expect(running.output().split('"msg":"stopped"')).toHaveLength(3);
}, 40_000);
