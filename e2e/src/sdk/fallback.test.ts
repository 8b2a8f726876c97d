/** Where WebSocket is refused: HTTP streaming, then server-sent events, and the way back. */
import type { Client, TransportMemory } from '@carillon/client';
import { type RunningServer, startServer } from '@carillon/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BlockingProxy, startBlockingProxy } from './blocking-proxy.ts';
import { closeClients, connectAs, publishAs, untilStatus } from './sdk-clients.ts';

let server: RunningServer;
let proxy: BlockingProxy;

beforeAll(async () => {
  server = await startServer();
});

beforeEach(async () => {
  proxy = await startBlockingProxy(server.port);
});

afterEach(async () => {
  closeClients();
  await proxy.close();
});

afterAll(() => server.stop());

const memory = (): TransportMemory & { readonly kept: Map<string, string> } => {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
};

const connect = (storage = memory()): Client =>
  connectAs(server, 'alice', { url: proxy.url, environment: { storage } });

const transportOf = (client: Client): string | undefined => {
  const state = client.state.get();
  return state.status === 'connected' ? state.transport : undefined;
};

/** Both directions, in order, and what a lost connection missed. */
const worksOn = async (client: Client, room: string): Promise<void> => {
  const channel = client.channel(`room:${room}`);
  const said: string[] = [];
  const gaps: unknown[] = [];
  channel.onPublication(({ data }) => said.push((data as { message: string }).message));
  channel.onGap((gap) => gaps.push(gap));
  channel.subscribe();
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => channel.publish({ message: String(index) })),
  );
  const expected = Array.from({ length: 10 }, (_, index) => String(index));
  await expect.poll(() => said).toEqual(expected);
  await fetch(`${server.url}/api/disconnect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify({ user: 'alice', disconnect: { code: 3011, reason: 'force reconnect' } }),
  });
  await untilStatus(client, 'waiting', 'connecting');
  await publishAs(server, `room:${room}`, { message: 'missed' });
  await expect.poll(() => said).toEqual([...expected, 'missed']);
  expect(gaps).toEqual([]);
  expect(await client.call('inbox.counts', {})).toMatchObject({ total: 0 });
};

it('WebSocket, where nothing is in the way', async () => {
  const client = connect();
  await untilStatus(client, 'connected');
  expect(transportOf(client)).toBe('websocket');
  expect(proxy.asked).toEqual(['websocket']);
});

it('HTTP streaming, where upgrades are refused', async () => {
  proxy.blocked.add('websocket');
  const client = connect();
  await untilStatus(client, 'connected');
  expect(proxy.asked).toEqual(['websocket', 'http_stream']);
  expect(transportOf(client)).toBe('http_stream');
  await worksOn(client, 'streamed');
});

it('server-sent events, where that is refused too', async () => {
  proxy.blocked.add('websocket').add('http_stream');
  const client = connect();
  await untilStatus(client, 'connected');
  expect(proxy.asked).toEqual(['websocket', 'http_stream', 'sse']);
  expect(transportOf(client)).toBe('sse');
  await worksOn(client, 'evented');
});

it('what worked is remembered and comes first the next time', async () => {
  proxy.blocked.add('websocket');
  const storage = memory();
  await untilStatus(connect(storage), 'connected');
  closeClients();
  proxy.asked.splice(0);
  await untilStatus(connect(storage), 'connected');
  expect(proxy.asked).toEqual(['http_stream']);
});

it('what worked is doubted when it fails: everything is tried', async () => {
  proxy.blocked.add('websocket');
  const storage = memory();
  await untilStatus(connect(storage), 'connected');
  closeClients();
  proxy.asked.splice(0);
  proxy.blocked.delete('websocket');
  proxy.blocked.add('http_stream');
  const client = connect(storage);
  await untilStatus(client, 'connected');
  expect(proxy.asked).toEqual(['http_stream', 'websocket']);
  expect(transportOf(client)).toBe('websocket');
});

it('where everything is refused it waits, and says so', async () => {
  proxy.blocked.add('websocket').add('http_stream').add('sse');
  const client = connect();
  await untilStatus(client, 'waiting');
  expect(client.state.get()).toMatchObject({ attempt: 1, why: { code: 1006 } });
  proxy.blocked.clear();
  await untilStatus(client, 'connected');
});
