import type { InjectOptions, LightMyRequestResponse as Response } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  IN_PROCESS_API_KEY,
  startParts,
  type InProcessParts,
} from '../../../testkit/src/in-process-parts.ts';
import { createHttpApp, type HttpApp } from './http-app.ts';

const BACKEND = { 'x-api-key': IN_PROCESS_API_KEY };

let parts: InProcessParts;
let http: HttpApp;

beforeAll(async () => {
  parts = await startParts();
  http = await createHttpApp(parts.deps);
  await http.app.ready();
});

afterAll(async () => {
  await http.app.close();
  await parts.close();
});

const send = (request: InjectOptions): Promise<Response> => http.app.inject(request);

const backend = (url: string, payload: object = {}): Promise<Response> =>
  send({ method: 'POST', url, headers: BACKEND, payload });

const asUser = async (user: string, request: InjectOptions): Promise<Response> =>
  send({
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${await parts.tokenOf(user)}` },
  });

const openGroup = async (...members: readonly string[]): Promise<string> => {
  const created = await backend('/api/v1/conversations', { kind: 'group', members });
  expect(created.statusCode).toBe(201);
  return created.json<{ id: string }>().id;
};

describe('conversations', () => {
  test('one is opened with 201, and shown to its members', async () => {
    const created = await asUser('ann', {
      method: 'POST',
      url: '/api/v1/conversations',
      payload: { kind: 'group', members: ['ann', 'ben'], title: 'Lunch' },
    });
    expect(created.statusCode).toBe(201);
    const { id } = created.json<{ id: string }>();
    expect(created.json()).toMatchObject({ kind: 'group', title: 'Lunch', last_seq: 0 });
    const seen = await asUser('ben', { url: `/api/v1/conversations/${id}` });
    expect(seen.json()).toMatchObject({ id, members: [{ user: 'ann' }, { user: 'ben' }] });
    const listed = await asUser('ben', { url: '/api/v1/conversations?limit=10' });
    expect(listed.json()).toMatchObject({ conversations: [{ id, unread: 0 }] });
    const stranger = await asUser('eve', { url: `/api/v1/conversations/${id}` });
    expect([403, 404]).toContain(stranger.statusCode);
  });

  test('a direct conversation exists once per pair: the same again is 200', async () => {
    const open = (): Promise<Response> =>
      backend('/api/v1/conversations', { kind: 'direct', members: ['dan', 'dora'] });
    const first = await open();
    const again = await open();
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.json<{ id: string }>().id).toBe(first.json<{ id: string }>().id);
  });

  test('a message is 201, the same clientId again 200 with the first result', async () => {
    const id = await openGroup('ann', 'ben');
    const say = (content: string): Promise<Response> =>
      asUser('ann', {
        method: 'POST',
        url: `/api/v1/conversations/${id}/messages`,
        payload: { clientId: 'c-1', content },
      });
    const first = await say('hello');
    const again = await say('something else');
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(first.json()).toMatchObject({ seq: 1, sender: 'ann', content: 'hello', kind: 'text' });
    expect(again.json()).toEqual(first.json());
  });

  test('a backend sends as the sender it names, and must name one', async () => {
    const id = await openGroup('ann', 'ben');
    const url = `/api/v1/conversations/${id}/messages`;
    const sent = await backend(url, { clientId: 'b-1', content: 'hi', sender: 'ben' });
    expect(sent.statusCode).toBe(201);
    expect(sent.json()).toMatchObject({ sender: 'ben', seq: 1 });
    expect((await backend(url, { content: 'hi' })).statusCode).toBe(400);
  });

  test('a user cannot send as somebody else, nor where it is no member', async () => {
    const id = await openGroup('ann', 'ben');
    const url = `/api/v1/conversations/${id}/messages`;
    const forged = { method: 'POST', url, payload: { content: 'x', sender: 'ben' } } as const;
    expect((await asUser('ann', forged)).json()).toMatchObject({ status: 403, code: 103 });
    const foreign = await asUser('eve', { method: 'POST', url, payload: { content: 'x' } });
    expect([403, 404]).toContain(foreign.statusCode);
  });

  test('history is read forwards, backwards and from the end', async () => {
    const id = await openGroup('ann', 'ben');
    for (const content of ['one', 'two', 'three']) {
      await backend(`/api/v1/conversations/${id}/messages`, { content, sender: 'ann' });
    }
    const read = async (query: string): Promise<{ seqs: number[]; more: boolean }> => {
      const page = await asUser('ben', { url: `/api/v1/conversations/${id}/messages?${query}` });
      const body = page.json<{ messages: { seq: number }[]; has_more: boolean }>();
      return { seqs: body.messages.map((message) => message.seq), more: body.has_more };
    };
    expect(await read('')).toEqual({ seqs: [1, 2, 3], more: false });
    expect(await read('after=1')).toEqual({ seqs: [2, 3], more: false });
    expect(await read('after=0&limit=2')).toEqual({ seqs: [1, 2], more: true });
    expect(await read('before=3&limit=1')).toEqual({ seqs: [2], more: true });
    expect(await read('limit=2')).toEqual({ seqs: [2, 3], more: true });
  });

  test('reading moves the mark, typing is told, members come and go', async () => {
    const id = await openGroup('ann', 'ben');
    const url = `/api/v1/conversations/${id}`;
    await backend(`${url}/messages`, { content: 'one', sender: 'ann' });
    const read = await asUser('ben', { method: 'POST', url: `${url}/read`, payload: { seq: 1 } });
    expect(read.json()).toMatchObject({ read_seq: 1, unread: 0 });
    const typing = { method: 'POST', url: `${url}/typing`, payload: { is_typing: true } } as const;
    expect((await asUser('ben', typing)).json()).toEqual({ ok: true });
    expect((await backend(`${url}/members`, { users: ['cyn'] })).json()).toMatchObject({
      members: [{ user: 'ann' }, { user: 'ben' }, { user: 'cyn' }],
    });
    const removed = await send({ method: 'DELETE', url: `${url}/members/cyn`, headers: BACKEND });
    expect(removed.json<{ members: unknown[] }>().members).toHaveLength(2);
    expect((await asUser('ben', { method: 'POST', url: `${url}/leave` })).json()).toEqual({
      ok: true,
    });
  });

  test.each(['/api/chat', '/chat'])('%s/{id}/send answers {status, message_id}', async (base) => {
    const id = await openGroup('ann', 'ben');
    const sent = await asUser('ann', {
      method: 'POST',
      url: `${base}/${id}/send`,
      payload: { message: 'hello' },
    });
    expect(sent.statusCode).toBe(200);
    const { status, message_id: messageId } = sent.json<{ status: string; message_id: string }>();
    expect(status).toBe('sent');
    const page = await asUser('ben', { url: `/api/v1/conversations/${id}/messages` });
    expect(page.json()).toMatchObject({ messages: [{ id: messageId, content: 'hello' }] });
  });
});

describe('notifications', () => {
  test('one is accepted with 202, listed, counted and marked', async () => {
    const accepted = await backend('/api/v1/notifications', {
      users: ['nia', 'noa'],
      title: 'Order shipped',
      content: 'On Friday',
      type: 'info',
      link: '/orders/7',
      source: 'shop',
    });
    expect(accepted.statusCode).toBe(202);
    expect(accepted.json()).toMatchObject({ accepted: 2 });
    const { id } = accepted.json<{ id: string }>();
    const listed = await asUser('nia', { url: '/api/v1/me/notifications?filter=unread' });
    expect(listed.json()).toMatchObject({
      notifications: [{ id, title: 'Order shipped', link: '/orders/7', status: 'unread' }],
    });
    const marked = await asUser('nia', {
      method: 'POST',
      url: '/api/v1/me/notifications/mark',
      payload: { ids: [id], mark: 'read' },
    });
    expect(marked.json()).toMatchObject({ changed_ids: [id], counts: { unread: 0, total: 1 } });
    const counts = await asUser('noa', { url: '/api/v1/me/notifications/counts' });
    expect(counts.json()).toMatchObject({ unread: 1, unseen: 1, total: 1 });
  });

  test('a dedupeKey is stored once per user', async () => {
    const notify = (): Promise<Response> =>
      backend('/api/v1/notifications', { users: ['nel'], title: 'Once', dedupeKey: 'k' });
    expect((await notify()).json()).toMatchObject({ accepted: 1 });
    expect((await notify()).json()).toMatchObject({ accepted: 0 });
  });
});

describe('tasks', () => {
  test('one is started, moves, and ends once', async () => {
    const start = (): Promise<Response> =>
      backend('/api/v1/tasks/t-1/start', { owner: 'tim', title: 'Import', total_steps: 4 });
    expect((await start()).statusCode).toBe(201);
    expect((await start()).statusCode).toBe(200);
    const moved = await backend('/api/v1/tasks/t-1/progress', {
      message: 'Reading',
      step: 1,
      total_steps: 4,
      progress: 25,
    });
    expect(moved.json()).toMatchObject({ status: 'running', step: 1, progress: 25 });
    const done = await backend('/api/v1/tasks/t-1/complete', { result: { rows: 3 } });
    expect(done.json()).toMatchObject({ status: 'completed', result: { rows: 3 } });
    const late = await backend('/api/v1/tasks/t-1/fail', { message: 'too late' });
    expect(late.json()).toMatchObject({ status: 409, code: 410, error: 'task_finished' });
  });

  test('its owner sees it and may ask to stop it; others do not see it', async () => {
    await backend('/api/v1/tasks/t-2/start', { owner: 'tim' });
    const listed = await asUser('tim', { url: '/api/v1/tasks?limit=1' });
    expect(listed.json()).toMatchObject({ tasks: [{ id: 't-2', status: 'running' }] });
    const asked = await asUser('tim', { method: 'POST', url: '/api/v1/tasks/t-2/cancel' });
    expect(asked.statusCode).toBe(202);
    expect(asked.json()).toMatchObject({ is_cancel_requested: true });
    expect((await asUser('eve', { url: '/api/v1/tasks/t-2' })).statusCode).toBe(404);
    const stopped = await backend('/api/v1/tasks/t-2/cancelled');
    expect(stopped.json()).toMatchObject({ status: 'cancelled' });
  });
});

describe('broadcasting', () => {
  test('all eight calls are there', async () => {
    const id = await openGroup('ann', 'ben');
    const message = { sender: 'ann', content: 'hello' };
    const sent = await backend('/api/v1/broadcast/message', {
      conversation_id: id,
      message,
      exclude_user_id: 'ann',
    });
    expect(sent.json()).toMatchObject({ status: 'sent', conversation_id: id, seq: 1 });
    const messageId = sent.json<{ message_id: string }>().message_id;
    const calls: readonly [string, object, object][] = [
      ['consultation-reply', { conversation_id: id, reply: message }, { status: 'sent', seq: 2 }],
      ['mobile-notification', { user_ids: ['ben'], title: 'a', body: 'b' }, { accepted: 1 }],
      ['typing-status', { conversation_id: id, user_id: 'ann', is_typing: true }, { ok: true }],
      [
        'read-status',
        { conversation_id: id, user_id: 'ben', message_ids: [messageId] },
        { read_seq: 1 },
      ],
      ['system-notification', { title: 'a', users: ['ben'] }, { accepted: 1 }],
      ['direct-message', { user_id: 'ben', message }, { status: 'sent', seq: 1 }],
    ];
    for (const [path, input, output] of calls) {
      const response = await backend(`/api/v1/broadcast/${path}`, input);
      expect(response.json(), path).toMatchObject(output);
    }
    const devices = await send({
      url: '/api/v1/broadcast/device-info/ben',
      headers: BACKEND,
    });
    expect(devices.json()).toEqual({ devices: [] });
  });
});

describe('users', () => {
  test('an event for a user is published unchanged, down to its numbers', async () => {
    const event = '{ "type": "cart_updated",\n "total": 12345678901234567890 }';
    const accepted = await send({
      method: 'POST',
      url: '/api/v1/users/una/events',
      headers: { ...BACKEND, 'content-type': 'application/json' },
      payload: event,
    });
    expect(accepted.statusCode).toBe(202);
    const page = await parts.deps.channelAdmin.history('user:una', { limit: -1 });
    expect(page.ok && page.value.publications.map(({ data }) => data)).toEqual([
      '{"type":"cart_updated","total":12345678901234567890}',
    ]);
  });

  test('presence and devices of somebody away are empty', async () => {
    expect((await backend('/api/v1/users/presence', { users: ['una'] })).json()).toEqual({
      users: [{ user: 'una', online: false, connections: 0 }],
    });
    const devices = await asUser('una', { url: '/api/v1/users/una/devices' });
    expect(devices.json()).toEqual({ devices: [] });
    const foreign = await asUser('eve', { url: '/api/v1/users/una/devices' });
    expect(foreign.statusCode).toBe(403);
  });

  test('a ticket stands for the token it was asked for with', async () => {
    const issued = await asUser('una', { method: 'POST', url: '/api/v1/tickets' });
    expect(issued.statusCode).toBe(201);
    const { ticket, expires_in: seconds } = issued.json<{ ticket: string; expires_in: number }>();
    expect(seconds).toBeLessThanOrEqual(60);
    const query = new URLSearchParams({ ticket });
    const redeemed = await parts.deps.credentials.resolve({ query });
    expect(redeemed).toMatchObject({ ok: true, value: { user: 'una' } });
    expect(redeemed.ok && redeemed.value?.expiresAt).toBeGreaterThan(0);
  });
});
