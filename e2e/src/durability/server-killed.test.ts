/**
 * The whole server, killed again and again while a backend sends it messages, notifications and
 * task updates over HTTP. After each restart the backend tries again what was not answered.
 */
import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiClients } from '../http/api-client.ts';
import type { Call } from '../http/api-client.ts';

const KILLS = 50;
const RESTART_MS = 2000;
/** Requests in flight, of each kind. */
const SENDERS = 4;

interface Sent {
  readonly clientId: string;
  readonly id: unknown;
  readonly seq: unknown;
}

/** All that was ever answered with success. */
const messages = new Map<string, Sent>();
const notifications = new Map<string, unknown>();
const tasks = new Map<string, { readonly version: number; readonly status: unknown }>();

let dataDir: string;
let server: RunningServer | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-server-killed-'));
});

afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it(`killed ${KILLS} times in the middle of sends, the server keeps all it acknowledged, once`, async () => {
  server = await startServer({ dataDir });
  const conversation = { kind: 'group', members: ['ann', 'bob'] };
  const { body } = await apiClients(server).backend('POST', '/api/v1/conversations', conversation);
  const conversationId = String(body['id']);
  const restartsMs: number[] = [];
  let unanswered: readonly Request[] = [];
  for (let round = 0; round < KILLS; round++) {
    const api = apiClients(server).backend;
    for (const request of unanswered) await request(api);
    unanswered = await sendAndKill(server, { round, conversationId });
    const began = performance.now();
    server = await startServer({ dataDir });
    restartsMs.push(performance.now() - began);
  }
  const api = apiClients(server).backend;
  for (const request of unanswered) await request(api);

  const stored = await historyOf(api, conversationId);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  expect(new Map(stored.map((sent) => [sent.clientId, sent]))).toEqual(messages);
  expect(stored).toHaveLength(messages.size);
  await expectInbox(await apiClients(server).as('ann'));
  await expectTasks(api);
  expect(messages.size).toBeGreaterThan(KILLS * 5);
  // The median: other tests share the processors, and a single restart may have had to wait.
  expect(restartsMs.toSorted((a, b) => a - b)[KILLS / 2]).toBeLessThan(RESTART_MS);
}, 300_000);

/** Sends one thing, and notes it when it is acknowledged. Rejects when the server is gone. */
type Request = (api: Call) => Promise<void>;

/** Keeps requests of all kinds in flight, kills the server among them, returns the unanswered. */
async function sendAndKill(
  running: RunningServer,
  { round, conversationId }: { round: number; conversationId: string },
): Promise<readonly Request[]> {
  const api = apiClients(running).backend;
  const unanswered: Request[] = [];
  let answered = 0;
  const repeat = async (requestOf: (n: number) => Request): Promise<void> => {
    for (let n = 0; ; n++) {
      const request = requestOf(n);
      try {
        await request(api);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        unanswered.push(request);
        return;
      }
      answered++;
      if (answered === 10 + ((round * 7) % 40)) void running.kill('SIGKILL');
    }
  };
  const senders = Array.from({ length: SENDERS }, (_, sender) => {
    const name = `r${round}-${sender}`;
    return [
      repeat((n) => messageRequest(conversationId, `${name}-${n}`)),
      repeat((n) => notificationRequest(`${name}-${n}`)),
      repeat((n) => taskRequest(`${name}-${Math.floor(n / 4)}`, n % 4)),
    ];
  });
  await Promise.all(senders.flat());
  await running.exited;
  return unanswered;
}

const messageRequest =
  (conversationId: string, clientId: string): Request =>
  async (api) => {
    const path = `/api/v1/conversations/${conversationId}/messages`;
    const sent = { clientId, content: `content of ${clientId}`, sender: 'ann' };
    const { status, body } = await api('POST', path, sent);
    expect([200, 201]).toContain(status);
    messages.set(clientId, { clientId, id: body['id'], seq: body['seq'] });
  };

const notificationRequest =
  (key: string): Request =>
  async (api) => {
    const sent = { users: ['ann'], title: key, content: 'c', type: 'info', dedupeKey: key };
    const { status } = await api('POST', '/api/v1/notifications', sent);
    expect(status).toBe(202);
    notifications.set(key, true);
  };

const taskRequest =
  (id: string, step: number): Request =>
  async (api) => {
    const path = `/api/v1/tasks/${id}`;
    const requests = [
      ['start', { owner: 'ann', total_steps: 2 }],
      ['progress', { message: 'one', step: 1, total_steps: 2, progress: 50 }],
      ['progress', { message: 'two', step: 2, total_steps: 2, progress: 90 }],
      ['complete', { message: 'done' }],
    ] as const;
    const [action, input] = requests[step] ?? requests[0];
    const { status, body } = await api('POST', `${path}/${action}`, input);
    expect([200, 201]).toContain(status);
    tasks.set(id, { version: Number(body['version']), status: body['status'] });
  };

async function historyOf(api: Call, conversationId: string): Promise<readonly Sent[]> {
  const all: Sent[] = [];
  for (;;) {
    const after = all.length;
    const path = `/api/v1/conversations/${conversationId}/messages?after=${after}&limit=100`;
    const { status, body } = await api('GET', path);
    expect(status).toBe(200);
    const page = body['messages'] as readonly Readonly<Record<string, unknown>>[];
    if (page.length === 0) return all;
    for (const { client_id, id, seq } of page) all.push({ clientId: String(client_id), id, seq });
  }
}

async function expectInbox(ann: Call): Promise<void> {
  const titles: string[] = [];
  let cursor = '';
  do {
    const { status, body } = await ann('GET', `/api/v1/me/notifications?limit=100${cursor}`);
    expect(status).toBe(200);
    const page = body['notifications'] as readonly Readonly<Record<string, unknown>>[];
    titles.push(...page.map(({ title }) => String(title)));
    cursor = typeof body['next'] === 'string' ? `&cursor=${encodeURIComponent(body['next'])}` : '';
  } while (cursor !== '');
  expect(titles.toSorted()).toEqual([...notifications.keys()].toSorted());
  const { body } = await ann('GET', '/api/v1/me/notifications/counts');
  expect(body).toMatchObject({ total: titles.length, unread: titles.length });
}

async function expectTasks(api: Call): Promise<void> {
  for (const [id, acknowledged] of tasks) {
    const { status, body } = await api('GET', `/api/v1/tasks/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject(acknowledged);
  }
}
