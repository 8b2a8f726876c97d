/** HTTP streaming and SSE with `/emulation`, request by request. */
import type { RunningServer } from '@carillon/testkit';
import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callApi, startNativeServer } from './native-server.ts';
import { handleOf, say, StreamClient, type StreamMessage } from './stream-client.ts';

const ORIGIN = 'https://app.example.com';
let server: RunningServer;
const open: StreamClient[] = [];

beforeAll(async () => {
  server = await startNativeServer({
    ALLOWED_ORIGINS: ORIGIN,
    PING_INTERVAL: '2s',
    PONG_TIMEOUT: '1s',
    WS_MAX_CONNECTIONS_PER_USER: '4',
    MAX_QUEUE_BYTES: '300KB',
  });
});
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});
afterAll(() => server.stop());

type Transport = 'http_stream' | 'sse';
const TRANSPORTS: readonly Transport[] = ['http_stream', 'sse'];

const dial = async (
  transport: Transport,
  body: string,
  headers: Record<string, string> = {},
): Promise<StreamClient> => {
  const url = `${server.url}/connection/${transport}`;
  const client = await (transport === 'http_stream'
    ? StreamClient.open(url, { method: 'POST', body, headers })
    : StreamClient.open(`${url}?cf_connect=${encodeURIComponent(body)}`, { headers }));
  open.push(client);
  return client;
};

const connectAs = async (user: string, transport: Transport = 'http_stream') => {
  const token = await server.token(user);
  const client = await dial(transport, JSON.stringify({ id: 1, connect: { token } }));
  const connected = await client.next();
  return { client, connected, handle: handleOf(connected) };
};

const errorOf = (message: StreamMessage | undefined): unknown =>
  (message?.['error'] as { code: number } | undefined)?.code;

const disconnectOf = (message: StreamMessage | undefined): unknown =>
  (message?.['push'] as { disconnect?: unknown } | undefined)?.disconnect;

describe.each(TRANSPORTS)('%s', (transport) => {
  it('says in the connect reply where to speak, and carries both directions', async () => {
    const { client, connected, handle } = await connectAs('alice', transport);
    expect(connected).toMatchObject({
      id: 1,
      connect: { subs: { 'user:alice': {} }, ping: 2, pong: true },
    });
    expect(handle.session).toMatch(/^\S{60,}$/);
    expect(await say(server.url, handle, { id: 2, subscribe: { channel: 'news:both' } })).toBe(204);
    expect(await client.next()).toMatchObject({ id: 2, subscribe: {} });
    expect(
      await say(server.url, handle, { id: 3, publish: { channel: 'news:both', data: '鐘\n' } }),
    ).toBe(204);
    const both = [await client.next(), await client.next()];
    expect(both).toContainEqual({ id: 3, publish: {} });
    expect(both).toContainEqual(
      expect.objectContaining({
        push: expect.objectContaining({
          channel: 'news:both',
          pub: expect.objectContaining({ data: '鐘\n' }),
        }),
      }),
    );
  });

  it('tells proxies and browsers to let it through as it comes', async () => {
    const { client } = await connectAs('alice', transport);
    const { headers } = client.response;
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('cache-control')).toBe('no-cache, no-store, no-transform');
    expect(headers.get('content-encoding')).toBeNull();
    const type = transport === 'sse' ? 'text/event-stream' : 'application/x-ndjson';
    expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  });

  it('answers a forged token with a disconnect push, and ends', async () => {
    const client = await dial(transport, '{"id":1,"connect":{"token":"forged"}}');
    expect((await client.rest()).map(disconnectOf)).toEqual([
      { code: 3500, reason: 'invalid token' },
    ]);
    expect(client.retries.at(-1)).toBe(transport === 'sse' ? 86_400_000 : undefined);
  });

  it('answers a token that ran out with error 109, and ends', async () => {
    const token = await server.token('alice', {}, '-1m');
    const client = await dial(transport, JSON.stringify({ id: 7, connect: { token } }));
    const [refused, ...more] = await client.rest();
    expect([refused?.['id'], errorOf(refused), more]).toEqual([7, 109, []]);
  });

  it('ends when what it begins with is no connect command', async () => {
    const rests = [];
    for (const body of ['nonsense', '{"id":1,"subscribe":{"channel":"news:1"}}', '']) {
      rests.push(await (await dial(transport, body)).rest());
    }
    const [nonsense, early, empty] = rests;
    expect(nonsense?.map(errorOf)).toEqual([400]);
    for (const rest of [early, empty]) {
      expect(rest?.map(disconnectOf)).toEqual([{ code: 3501, reason: 'bad request' }]);
    }
  });

  it('pings, and ends who does not answer with 3012', async () => {
    const { client, handle } = await connectAs('alice', transport);
    const { client: deaf } = await connectAs('alice', transport);
    await client.ping();
    expect(await say(server.url, handle, {})).toBe(204);
    expect((await deaf.rest()).map(disconnectOf)).toEqual([
      { code: 3012, reason: 'no pong', reconnect: true },
    ]);
    expect(await say(server.url, handle, { id: 2, ping: {} })).toBe(204);
    expect(await client.next()).toEqual({ id: 2, ping: {} });
  });

  it('one connection too many is ended with 3504', async () => {
    for (let count = 0; count < 4; count += 1) await connectAs('many', transport);
    const token = await server.token('many');
    const fifth = await dial(transport, JSON.stringify({ id: 1, connect: { token } }));
    expect((await fifth.rest()).map(disconnectOf)).toEqual([
      { code: 3504, reason: 'connection limit' },
    ]);
  });

  it('pages of other origins are refused, those of the list get what browsers ask for', async () => {
    const other = await dial(transport, '{}', { origin: 'https://evil.example.com' });
    expect(other.response.status).toBe(403);
    const token = await server.token('alice');
    const body = JSON.stringify({ id: 1, connect: { token } });
    const own = await dial(transport, body, { origin: ORIGIN });
    expect(own.response.status).toBe(200);
    expect(own.response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });
});

describe('/emulation', () => {
  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/emulation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it('knows no session but those of open streams', async () => {
    const { client, handle } = await connectAs('alice');
    const wrong = [
      { ...handle, session: `${handle.session.slice(0, -1)}_` },
      { ...handle, session: handle.session.split('.')[0] ?? '' },
      { ...handle, node: 'nobody' },
      { ...handle, node: '*' },
    ];
    const statuses = [];
    for (const each of wrong) statuses.push(await say(server.url, each, { id: 2, ping: {} }));
    expect(statuses).toEqual([404, 404, 404, 400]);
    expect(await say(server.url, handle, { id: 3, ping: {} })).toBe(204);
    expect(await client.next()).toEqual({ id: 3, ping: {} });
    client.close();
    // The server hears of it a moment later.
    while ((await say(server.url, handle, { id: 4, ping: {} })) !== 404);
  });

  it('takes 64 KB, whatever the JSON around it makes of them', async () => {
    const { client, handle } = await connectAs('alice');
    const fill = 64 * 1024 - JSON.stringify({ id: 2, send: { data: '' } }).length;
    const of = (length: number) => ({ id: 2, send: { data: '"'.repeat(length) } });
    expect(await say(server.url, handle, of(Math.floor(fill / 2)))).toBe(204);
    expect(await say(server.url, handle, of(Math.floor(fill / 2) + 1))).toBe(413);
    expect((await post(`{"data":"${'x'.repeat(200_000)}"}`)).status).toBe(413);
    expect(await say(server.url, handle, { id: 3, ping: {} })).toBe(204);
    expect(await client.next()).toEqual({ id: 3, ping: {} });
  });

  it('refuses what it cannot read, and pages of other origins', async () => {
    const { handle } = await connectAs('alice');
    for (const body of ['', 'x', '[]', '{}', JSON.stringify({ ...handle, data: 1 })]) {
      expect((await post(body)).status).toBe(400);
    }
    const said = JSON.stringify({ ...handle, data: '{"id":2,"ping":{}}' });
    expect((await post(said, { origin: 'https://evil.example.com' })).status).toBe(403);
    const allowed = await post(said, { origin: ORIGIN, 'content-type': 'text/plain' });
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const preflight = await fetch(`${server.url}/emulation`, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.status).toBe(204);
  });

  it('what breaks the protocol ends the stream that it is for', async () => {
    const { client, handle } = await connectAs('alice');
    expect(await say(server.url, handle, { id: 2, connect: {} })).toBe(204);
    expect((await client.rest()).map(disconnectOf)).toEqual([
      { code: 3501, reason: 'bad request' },
    ]);
  });

  it('a client that waits for each answer has its commands carried out in its order', async () => {
    const { client, handle } = await connectAs('alice');
    const channel = 'news:emulated-order';
    await say(server.url, handle, { id: 2, subscribe: { channel } });
    await client.next();
    for (let number = 1; number <= 30; number += 1) {
      await say(server.url, handle, { id: number + 2, publish: { channel, data: number } });
    }
    const seen: unknown[] = [];
    while (seen.length < 30) {
      const push = (await client.next())?.['push'] as { pub: { data: unknown } } | undefined;
      if (push !== undefined) seen.push(push.pub.data);
    }
    expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });
});

describe('a stream', () => {
  it('whose client does not read is ended as slow', async () => {
    const token = await server.token('deaf');
    const body = JSON.stringify({ id: 1, connect: { token } });
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.write(
      `POST /connection/http_stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'data');
    socket.pause();
    const closed = once(socket, 'close');
    const data = 'x'.repeat(60_000);
    // More than the buffers of both kernels hold.
    while (!server.output().includes('"code":3008')) {
      await callApi(server, 'publish', { channel: 'user:deaf', data });
    }
    // What is in the buffers still arrives, and then the end.
    socket.resume();
    await closed;
  });

  it('is ended by a backend with a code of its own, and by a shutdown with 3001', async () => {
    const { client } = await connectAs('bob');
    const disconnect = { code: 4001, reason: 'bye' };
    await callApi(server, 'disconnect', { user: 'bob', disconnect });
    expect((await client.rest()).map(disconnectOf)).toEqual([{ ...disconnect, reconnect: true }]);
    const leaving = await startNativeServer();
    const token = await leaving.token('alice');
    const [lines, events] = await Promise.all([
      StreamClient.open(`${leaving.url}/connection/http_stream`, {
        method: 'POST',
        body: JSON.stringify({ id: 1, connect: { token } }),
      }),
      StreamClient.open(`${leaving.url}/connection/uni_sse?token=${token}`),
    ]);
    await Promise.all([lines.next(), events.next()]);
    const stopped = leaving.stop();
    const shutdown = { code: 3001, reason: 'shutdown', reconnect: true };
    expect((await lines.rest()).map(disconnectOf)).toEqual([shutdown]);
    expect(await events.rest()).toEqual([{ disconnect: shutdown }]);
    await stopped;
  });

  it('counts as any connection where connects are limited', async () => {
    const busy = await startNativeServer({ CONNECT_RATE: '3/60s' });
    const statuses = [];
    for (const path of ['http_stream', 'sse', 'uni_sse', 'http_stream']) {
      const answer = await fetch(`${busy.url}/connection/${path}`, { method: 'POST', body: 'x' });
      statuses.push([answer.status, answer.headers.get('retry-after')]);
      await answer.body?.cancel();
    }
    expect(statuses).toEqual([
      [200, null],
      [200, null],
      [200, null],
      [503, '1'],
    ]);
    await busy.stop();
  });
});
