import type { LightMyRequestResponse as Response } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  IN_PROCESS_API_KEY,
  startParts,
  type InProcessParts,
} from '../../../../testkit/src/in-process-parts.ts';
import { createHttpApp, type HttpApp } from '../http-app.ts';

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

const call = async (method: string, payload: object = {}): Promise<Response> =>
  http.app.inject({
    method: 'POST',
    url: `/api/${method}`,
    headers: { 'x-api-key': IN_PROCESS_API_KEY },
    payload,
  });

const answer = async (method: string, payload: object = {}): Promise<unknown> => {
  const response = await call(method, payload);
  expect(response.statusCode).toBe(200);
  return response.json();
};

test('publish answers the position, history what was published', async () => {
  const channel = 'room:publish';
  expect(await answer('publish', { channel, data: { n: 1 } })).toEqual({
    result: { offset: 1, epoch: expect.any(String) },
  });
  await answer('publish', { channel, data: { n: 2 }, tags: { from: 'test' } });
  expect(await answer('history', { channel, limit: -1 })).toEqual({
    result: {
      publications: [
        { data: { n: 1 }, offset: 1 },
        { data: { n: 2 }, offset: 2, tags: { from: 'test' } },
      ],
      offset: 2,
      epoch: expect.any(String),
    },
  });
});

test('history without a limit is the position only, and history_remove forgets', async () => {
  const channel = 'room:forget';
  await answer('publish', { channel, data: 1 });
  expect(await answer('history', { channel })).toMatchObject({
    result: { publications: [], offset: 1 },
  });
  expect(await answer('history_remove', { channel })).toEqual({ result: {} });
  expect(await answer('history', { channel, limit: -1 })).toMatchObject({
    result: { publications: [] },
  });
});

test('the same idempotency key publishes once', async () => {
  const command = { channel: 'room:once', data: 1, idempotency_key: 'k-1' };
  const first = await answer('publish', command);
  expect(await answer('publish', command)).toEqual(first);
  expect(await answer('history', { channel: 'room:once', limit: -1 })).toMatchObject({
    result: { offset: 1 },
  });
});

test('broadcast answers for each channel, in order', async () => {
  const channels = ['room:a', 'nowhere:b', 'room:c'];
  expect(await answer('broadcast', { channels, data: {} })).toMatchObject({
    result: {
      responses: [
        { result: { offset: 1 } },
        { error: { code: 102, message: expect.any(String) } },
        { result: { offset: 1 } },
      ],
    },
  });
});

test('batch runs commands in order and answers each, a wrong one alone fails', async () => {
  const commands = [
    { publish: { channel: 'room:batch', data: 1 } },
    { history: { channel: 'room:batch', limit: -1 } },
    { publish: { data: 1 } },
    { explode: {} },
    { publish: {}, history: {} },
  ];
  for (const parallel of [false, true]) {
    const { result } = (await call('batch', { commands, parallel })).json<{
      result: { replies: object[] };
    }>();
    expect(result.replies).toMatchObject([
      { publish: { epoch: expect.any(String) } },
      { history: { epoch: expect.any(String) } },
      { error: { code: 107, message: '"channel" is required' } },
      { error: { code: 104 } },
      { error: { code: 107 } },
    ]);
  }
});

test('presence, presence_stats, channels and info describe an empty server', async () => {
  expect(await answer('presence', { channel: 'room:empty' })).toEqual({ result: { presence: {} } });
  expect(await answer('presence_stats', { channel: 'room:empty' })).toEqual({
    result: { num_clients: 0, num_users: 0 },
  });
  expect(await answer('channels')).toEqual({ result: { channels: {} } });
  expect(await answer('info')).toMatchObject({
    result: { nodes: [{ uid: 'node-1', version: '1.2.3', num_clients: 0, num_users: 0 }] },
  });
});

test.each([
  ['subscribe', { user: 'ann', channel: 'room:x' }],
  ['unsubscribe', { user: 'ann', channel: 'room:x' }],
  ['disconnect', { user: 'ann', disconnect: { code: 3503, reason: 'bye' } }],
  ['refresh', { user: 'ann', expire_at: 1_900_000_000 }],
])('%s of a user who is away is done at once', async (method, payload) => {
  expect(await answer(method, payload)).toEqual({ result: {} });
});

describe('refusals', () => {
  test('a missing or wrong key is 401 in this API’s own shape', async () => {
    for (const headers of [{}, { 'x-api-key': 'wrong' }]) {
      const response = await http.app.inject({
        method: 'POST',
        url: '/api/publish',
        headers,
        payload: {},
      });
      expect(response.statusCode).toBe(401);
      expect(response.json()).toMatchObject({ error: { code: 101 } });
    }
  });

  test('a user token is no key', async () => {
    const response = await http.app.inject({
      method: 'POST',
      url: '/api/info',
      headers: { authorization: `Bearer ${await parts.tokenOf('ann')}` },
    });
    expect(response.statusCode).toBe(401);
  });

  test('bad parameters are error 107 with status 200, a body that is no JSON 400', async () => {
    expect(await answer('publish', { channel: 7, data: 1 })).toEqual({
      error: { code: 107, message: '"channel" must be string, got 7' },
    });
    const broken = await http.app.inject({
      method: 'POST',
      url: '/api/publish',
      headers: { 'x-api-key': IN_PROCESS_API_KEY, 'content-type': 'application/json' },
      payload: '{',
    });
    expect(broken.statusCode).toBe(400);
    expect(broken.json()).toMatchObject({ error: { code: 400 } });
  });

  test('an unknown channel is error 102', async () => {
    expect(await answer('publish', { channel: 'nowhere:x', data: 1 })).toMatchObject({
      error: { code: 102 },
    });
  });
});
