/** One-way transports, and EventSource clients that come back by themselves. */
import type { RunningServer } from '@carillon/testkit';
import { RawWebSocket } from '@carillon/testkit';
import { EventSource } from 'eventsource';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CutProxy, startCutProxy } from './cut-proxy.ts';
import { callApi, startNativeServer } from './native-server.ts';
import { StreamClient, type StreamMessage } from './stream-client.ts';

let server: RunningServer;
let proxy: CutProxy;
const open: StreamClient[] = [];
const sources: EventSource[] = [];

beforeAll(async () => {
  server = await startNativeServer({ PING_INTERVAL: '1s', PONG_TIMEOUT: '1s' });
  proxy = await startCutProxy(server.port);
});
afterEach(() => {
  for (const client of open.splice(0)) client.close();
  for (const source of sources.splice(0)) source.close();
  proxy.mend();
});
afterAll(async () => {
  proxy.close();
  await server.stop();
});

const uniSse = async (query: string, headers: Record<string, string> = {}) => {
  const client = await StreamClient.open(`${server.url}/connection/uni_sse${query}`, { headers });
  open.push(client);
  return client;
};

const params = (request: object): string =>
  `?cf_connect=${encodeURIComponent(JSON.stringify(request))}`;

const publish = (channel: string, data: unknown) => callApi(server, 'publish', { channel, data });

const publicationOf = (message: StreamMessage | undefined): unknown =>
  (message?.['pub'] as { data: unknown } | undefined)?.data;

describe('uni_sse', () => {
  it('begins with connect, and then carries bare pushes and pings', async () => {
    const token = await server.token('alice', { channels: ['news:uni'] });
    const client = await uniSse(params({ token, name: 'curl' }));
    const connect = await client.next();
    expect(connect).toEqual({
      connect: {
        client: expect.any(String),
        version: expect.any(String),
        expires: true,
        ttl: expect.any(Number),
        ping: 1,
        subs: { 'user:alice': expect.any(Object), 'news:uni': expect.any(Object) },
      },
    });
    await publish('news:uni', { n: 1 });
    expect(await client.next()).toEqual({
      channel: 'news:uni',
      pub: { data: { n: 1 }, offset: 1 },
    });
    await client.ping();
    await callApi(server, 'subscribe', { user: 'alice', channel: 'news:later' });
    expect(await client.next()).toMatchObject({ channel: 'news:later', subscribe: {} });
    await callApi(server, 'unsubscribe', { user: 'alice', channel: 'news:later' });
    expect(await client.next()).toMatchObject({
      channel: 'news:later',
      unsubscribe: { code: 2000 },
    });
    await callApi(server, 'disconnect', { user: 'alice' });
    expect(await client.rest()).toEqual([
      { disconnect: { code: 3503, reason: 'force disconnect' } },
    ]);
    expect(client.retries.at(-1)).toBe(86_400_000);
  });

  it('takes a token or a ticket from the address, or a token from the header', async () => {
    const token = await server.token('bob');
    const answer = await fetch(`${server.url}/api/v1/tickets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    const { ticket } = (await answer.json()) as { ticket: string };
    const clients = [
      await uniSse(`?token=${token}`),
      await uniSse(`?ticket=${ticket}`),
      await uniSse('', { authorization: `Bearer ${token}` }),
    ];
    for (const client of clients) {
      expect(await client.next()).toMatchObject({ connect: { subs: { 'user:bob': {} } } });
    }
    const again = await uniSse(`?ticket=${ticket}`);
    expect(await again.rest()).toEqual([{ disconnect: { code: 3500, reason: 'invalid token' } }]);
    expect(server.output()).not.toContain(token.split('.')[2]);
  });

  it.each([
    [
      'a token that ran out',
      async () => params({ token: await server.token('a', {}, '-1m') }),
      3005,
    ],
    ['a request that is not JSON', async () => '?cf_connect=nonsense', 3501],
    ['more than a connect', async () => '?cf_connect={},"rpc":{"method":"x"}', 3501],
    [
      'a channel nobody knows',
      async () => `?token=${await server.token('a', { channels: ['no:1'] })}`,
      3500,
    ],
  ])('%s is a disconnect push', async (_name, query, code) => {
    const client = await uniSse(await query());
    expect(await client.rest()).toEqual([{ disconnect: expect.objectContaining({ code }) }]);
  });
});

describe('an EventSource that comes back by itself', () => {
  /** What arrives, and the events' ids, until there are so many. */
  const listen = (url: string, dataOf: (data: string) => unknown[]) => {
    const source = new EventSource(url);
    sources.push(source);
    const seen: unknown[] = [];
    let wake = (): void => undefined;
    source.addEventListener('message', ({ data }) => {
      seen.push(...dataOf(String(data)).filter((each) => each !== undefined));
      wake();
    });
    const until = async (fits: () => boolean): Promise<unknown[]> => {
      while (!fits()) await new Promise<void>((resolve) => (wake = resolve));
      return seen;
    };
    const opened = () =>
      new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
    return { seen, until, opened };
  };
  const viaProxy = (): string => proxy.wsUrl.replace('ws', 'http');

  interface Sub {
    readonly recovered?: boolean;
    readonly publications?: readonly { readonly data: unknown }[];
  }

  /** Publications in their order, and whether what came before is known to be complete. */
  const told = (subs: Readonly<Record<string, Sub>> = {}): unknown[] =>
    Object.entries(subs).flatMap(([channel, { recovered, publications = [] }]) => [
      ...(recovered === undefined ? [] : [`recovered ${channel}`]),
      ...publications.map(({ data }) => data),
    ]);

  const uni = (data: string): unknown[] => {
    const { connect, pub } = JSON.parse(data) as {
      connect?: { subs?: Record<string, Sub> };
      pub?: { data: unknown };
    };
    return [...told(connect?.subs), ...(pub === undefined ? [] : [pub.data])];
  };

  const native = (data: string): unknown[] =>
    data.split('\n').flatMap((line) => {
      const { connect, push } = JSON.parse(line) as {
        connect?: { subs?: Record<string, Sub> };
        push?: { pub?: { data: unknown } };
      };
      return [...told(connect?.subs), ...(push?.pub === undefined ? [] : [push.pub.data])];
    });

  const addressOf = async (transport: 'uni_sse' | 'sse'): Promise<string> => {
    const token = await server.token('carol', { channels: [`news:${transport}`] });
    const connect = { token, subs: { 'user:carol': { recover: true, epoch: 'stale', offset: 1 } } };
    const query = transport === 'sse' ? params({ id: 1, connect }) : `?token=${token}`;
    return `${viaProxy()}/connection/${transport}${query}`;
  };

  it.each([
    ['uni_sse', uni],
    ['sse', native],
  ] as const)(
    '[REC15] gets what it missed over %s: each once, in order',
    async (transport, dataOf) => {
      const channel = `news:${transport}`;
      const { seen, until, opened } = listen(await addressOf(transport), dataOf);
      await opened();
      await publish(channel, 1);
      await publish('user:carol', `a ${transport}`);
      await until(() => seen.includes(`a ${transport}`) && seen.includes(1));
      proxy.cut();
      await publish(channel, 2);
      await publish(channel, 3);
      const back = opened();
      proxy.mend();
      await back;
      await publish(channel, 4);
      await until(() => seen.includes(4));
      const numbers = seen.filter((each) => typeof each === 'number');
      expect(numbers).toEqual([1, 2, 3, 4]);
      expect(seen.filter((each) => each === `a ${transport}`)).toHaveLength(1);
      expect(seen).toContain(`recovered ${channel}`);
      expect(seen).toContain('recovered user:carol');
    },
  );

  it('[REC15] is told that something may be missing where its id says nothing of a channel', async () => {
    const token = await server.token('dora', { channels: ['news:new'] });
    const first = await uniSse(`?token=${token}`);
    await first.next();
    expect(first.ids).toHaveLength(1);
    const [id = ''] = first.ids;
    const known = await uniSse(`?token=${token}`, { 'last-event-id': id });
    expect(await known.next()).toMatchObject({
      connect: {
        subs: {
          'user:dora': { recovered: true, was_recovering: true },
          'news:new': { recovered: true },
        },
      },
    });
    const part = id.split(',').filter((entry) => entry.startsWith('user'));
    const unsure = await uniSse(`?token=${token}`, { 'last-event-id': part.join() });
    const connect = (await unsure.next())?.['connect'] as { subs: Record<string, object> };
    expect(connect.subs['news:new']).toMatchObject({ was_recovering: true });
    expect(connect.subs['news:new']).not.toHaveProperty('recovered');
    const foreign = await uniSse(`?token=${token}`, { 'last-event-id': '17' });
    const fresh = (await foreign.next())?.['connect'] as { subs: Record<string, object> };
    expect(fresh.subs['news:new']).not.toHaveProperty('was_recovering');
  });
});

describe('uni_websocket', () => {
  const textOf = async (raw: RawWebSocket): Promise<StreamMessage> => {
    for (;;) {
      const message = JSON.parse(await raw.text()) as StreamMessage;
      if (Object.keys(message).length > 0) return message;
    }
  };

  it('connects by the address or by the first frame, and says one push a frame', async () => {
    const token = await server.token('erin', { channels: ['news:frames'] });
    const path = '/connection/uni_websocket';
    const raws = [
      await RawWebSocket.open(server.port, `${path}?token=${token}`),
      await RawWebSocket.open(server.port, `${path}${params({ token })}`),
      await RawWebSocket.open(server.port, path),
    ];
    raws[2]?.sendText(JSON.stringify({ token }));
    for (const raw of raws) {
      expect(await textOf(raw)).toMatchObject({ connect: { subs: { 'news:frames': {} } } });
      raw.sendText('what is said later is heard by nobody');
    }
    await publish('news:frames', 1);
    await publish('news:frames', 2);
    for (const raw of raws) {
      expect([publicationOf(await textOf(raw)), publicationOf(await textOf(raw))]).toEqual([1, 2]);
    }
    await callApi(server, 'disconnect', {
      user: 'erin',
      disconnect: { code: 4001, reason: 'bye' },
    });
    for (const raw of raws) {
      expect(await textOf(raw)).toEqual({
        disconnect: { code: 4001, reason: 'bye', reconnect: true },
      });
      expect(await raw.closeFrame()).toEqual({ code: 4001, reason: 'bye' });
    }
  });

  it('ends who is nobody, and needs no pongs', async () => {
    const raw = await RawWebSocket.open(server.port, '/connection/uni_websocket?token=forged');
    const forged = { code: 3500, reason: 'invalid token' };
    expect(await textOf(raw)).toEqual({ disconnect: forged });
    expect(await raw.closeFrame()).toEqual(forged);
    const token = await server.token('frank');
    const quiet = await RawWebSocket.open(server.port, `/connection/uni_websocket?token=${token}`);
    await textOf(quiet);
    // Three pings: longer than a pong may take elsewhere.
    expect([await quiet.text(), await quiet.text(), await quiet.text()]).toEqual([
      '{}',
      '{}',
      '{}',
    ]);
    await publish('user:frank', 'still here');
    expect(publicationOf(await textOf(quiet))).toBe('still here');
    quiet.destroy();
  });
});
