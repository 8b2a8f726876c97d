import { type FakeClock, ScriptedSocket, createFakeClock } from '@carillon/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientOptions } from './client-options.ts';
import type { Client } from './client.ts';
import { createClient } from './create-client.ts';
import type { PageEvent } from './environment.ts';

let clock: FakeClock;
let client: Client;
let tell: (event: PageEvent) => void;
let page: { isOnline: boolean; isVisible: boolean };
let posts: { readonly url: string; readonly body: string }[];

const start = (options: ClientOptions = {}): Client => {
  client = createClient({
    url: 'https://example.org/live/',
    ...options,
    environment: {
      clock,
      random: () => 0.5,
      WebSocket: ScriptedSocket as never,
      fetch: (url, init) => {
        if (typeof url === 'string' && typeof init?.body === 'string')
          posts.push({ url, body: init.body });
        return Promise.reject(new TypeError('refused'));
      },
      EventSource: undefined,
      storage: undefined,
      isOnline: () => page.isOnline,
      isVisible: () => page.isVisible,
      onPageEvent: (listener) => {
        tell = listener;
        return () => undefined;
      },
      ...options.environment,
    },
  });
  client.connect();
  return client;
};

const connected = async (
  options: ClientOptions = {},
  reply: object = {},
): Promise<ScriptedSocket> => {
  start(options);
  await clock.settle();
  ScriptedSocket.last.welcome(reply);
  return ScriptedSocket.last;
};

const status = (): string => client.state.get().status;

beforeEach(() => {
  clock = createFakeClock();
  ScriptedSocket.all = [];
  page = { isOnline: true, isVisible: true };
  posts = [];
});

afterEach(() => client.close());

describe('connecting', () => {
  it('asks for nothing before it is told to', async () => {
    client = createClient({ url: 'https://example.org' });
    expect(status()).toBe('idle');
    await expect(client.call('inbox.counts', {})).rejects.toMatchObject({ name: 'not_connected' });
  });

  it('the first frame holds the connect command and all subscriptions', async () => {
    start({ getToken: async () => 't', deviceType: 'mobile' });
    client.channel('room:a').subscribe();
    client.channel('room:b').subscribe();
    await clock.settle();
    const socket = ScriptedSocket.last;
    expect(socket.url).toBe('wss://example.org/live/connection/websocket?device=mobile');
    socket.open();
    await clock.settle();
    expect(socket.frames).toHaveLength(1);
    expect(socket.said).toMatchObject([
      { id: 1, connect: { token: 't' } },
      { id: 2, subscribe: { channel: 'room:a', recoverable: true } },
      { id: 3, subscribe: { channel: 'room:b', recoverable: true } },
    ]);
  });

  it('an attempt ends after twenty seconds', async () => {
    start({ transports: ['websocket'] });
    await clock.advance(19_999);
    expect(status()).toBe('connecting');
    await clock.advance(1);
    expect(client.state.get()).toMatchObject({
      status: 'waiting',
      attempt: 1,
      why: { code: 0, reason: 'timeout' },
    });
  });

  it('a token that never comes ends the attempt as well, and is told', async () => {
    const signals: AbortSignal[] = [];
    start({
      getToken: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    await clock.advance(20_000);
    expect(status()).toBe('waiting');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('a transport that hangs leaves time for the next one', async () => {
    start();
    await clock.advance(6666);
    expect(posts).toEqual([]);
    await clock.advance(1);
    expect(posts.map(({ url }) => url)).toEqual([
      'https://example.org/live/connection/http_stream',
    ]);
    expect(posts[0]?.body).toContain('"connect"');
    expect(status()).toBe('waiting');
  });

  it('a refused upgrade leads to the next transport at once, a close with a code does not', async () => {
    start();
    await clock.settle();
    ScriptedSocket.last.end(1006);
    await clock.settle();
    expect(posts).toHaveLength(1);
    client.retryNow();
    await clock.settle();
    ScriptedSocket.last.end(3001, 'shutdown');
    await clock.settle();
    expect(posts).toHaveLength(1);
    expect(client.state.get()).toMatchObject({ why: { code: 3001, reason: 'shutdown' } });
  });

  it('where WebSocket has worked a failure does not lead elsewhere until it fails again and again', async () => {
    const socket = await connected();
    socket.end(1006);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      client.retryNow();
      await clock.settle();
      ScriptedSocket.last.end(1006);
    }
    expect(posts).toEqual([]);
    client.retryNow();
    await clock.settle();
    ScriptedSocket.last.end(1006);
    await clock.settle();
    expect(posts).toHaveLength(1);
  });

  it('without a URL every attempt fails and says why', async () => {
    start({ url: '' });
    await clock.settle();
    const { why } = client.state.get() as { readonly why?: { readonly reason: string } };
    expect(why?.reason).toMatch(/Invalid URL/);
  });

  it('without any transport it says so and stops', async () => {
    start({ environment: { WebSocket: undefined, fetch: undefined } });
    await clock.settle();
    expect(client.state.get()).toEqual({
      status: 'closed',
      why: { code: 0, reason: 'no transport' },
    });
  });
});

describe('staying connected', () => {
  it('answers pings', async () => {
    const socket = await connected();
    socket.say({});
    await clock.settle();
    expect(socket.frames.at(-1)).toBe('{}');
  });

  it('silence of ping interval and ten seconds is a loss, any frame is a sign of life', async () => {
    const socket = await connected();
    await clock.advance(34_000);
    socket.say({});
    await clock.advance(34_999);
    expect(status()).toBe('connected');
    await clock.advance(1);
    expect(client.state.get()).toMatchObject({ why: { code: 0, reason: 'no heartbeat' } });
  });

  it('a shorter heartbeat of the options counts', async () => {
    await connected({ heartbeatMs: 5000 });
    await clock.advance(5000);
    expect(status()).toBe('waiting');
  });

  it('a frame that is not JSON is a loss', async () => {
    const socket = await connected();
    socket.onmessage?.({ data: '<html>' });
    expect(client.state.get()).toMatchObject({ why: { code: 0, reason: 'not JSON' } });
  });

  it('a disconnect push ends it as a close would', async () => {
    const socket = await connected();
    socket.say({ push: { disconnect: { code: 3503, reason: 'force disconnect' } } });
    expect(client.state.get()).toEqual({
      status: 'closed',
      why: { code: 3503, reason: 'force disconnect' },
    });
  });

  it.each(['visible', 'online'] as const)('%s asks for a sign of life', async (event) => {
    const socket = await connected();
    tell(event);
    await clock.settle();
    socket.answer('ping', {});
    await clock.advance(6000);
    expect(status()).toBe('connected');
    tell(event);
    await clock.advance(5000);
    expect(client.state.get()).toMatchObject({ why: { code: 0, reason: 'no answer' } });
  });

  it('comes back at once when the device is online again', async () => {
    const socket = await connected();
    tell('offline');
    expect(status()).toBe('offline');
    expect(socket.readyState).toBe(3);
    await clock.advance(60_000);
    expect(ScriptedSocket.all).toHaveLength(1);
    tell('online');
    await clock.settle();
    expect(ScriptedSocket.all).toHaveLength(2);
  });

  it('the first retry is spread over two seconds; who does not want to wait goes at once', async () => {
    const socket = await connected();
    await clock.advance(5000);
    socket.end(1006);
    await clock.advance(999);
    expect(ScriptedSocket.all).toHaveLength(1);
    await clock.advance(1);
    expect(ScriptedSocket.all).toHaveLength(2);
    ScriptedSocket.last.end(1006);
    client.retryNow();
    await clock.settle();
    expect(ScriptedSocket.all).toHaveLength(3);
  });

  it('who disconnects when told of the end stays disconnected', async () => {
    const socket = await connected({ getToken: async () => 't' });
    const channel = client.channel('room:a');
    channel.subscribe();
    await clock.settle();
    socket.answer('subscribe', {});
    channel.state.subscribe(() => client.disconnect());
    socket.end(1006);
    expect(status()).toBe('idle');
    await clock.advance(60_000);
    expect(ScriptedSocket.all).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up after as many retries as were allowed', async () => {
    start({ transports: ['websocket'], reconnect: { maxAttempts: 2 } });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await clock.advance(30_000);
      ScriptedSocket.last.end(1006);
    }
    expect(client.state.get()).toEqual({ status: 'closed', why: { code: 0, reason: 'gave up' } });
    client.connect();
    await clock.settle();
    expect(status()).toBe('connecting');
  });
});

describe('tokens', () => {
  const tokens = () => {
    const asked: string[] = [];
    return {
      asked,
      getToken: ({ reason }: { readonly reason: string }) => {
        asked.push(reason);
        return Promise.resolve(`t${asked.length}`);
      },
    };
  };

  it('a good token is kept for the next connection', async () => {
    const { asked, getToken } = tokens();
    const socket = await connected({ getToken }, { ttl: 3600 });
    socket.end(1006);
    await clock.advance(3000);
    ScriptedSocket.last.welcome();
    expect(asked).toEqual(['connect']);
    expect(ScriptedSocket.last.asked('connect')).toMatchObject({ connect: { token: 't1' } });
  });

  it('is renewed over the connection before it ends', async () => {
    const { asked, getToken } = tokens();
    const socket = await connected({ getToken }, { ttl: 100, ping: 0 });
    await clock.advance(81_249);
    expect(asked).toEqual(['connect']);
    await clock.advance(1);
    expect(asked).toEqual(['connect', 'refresh']);
    expect(socket.asked('refresh')).toMatchObject({ refresh: { token: 't2' } });
    socket.answer('refresh', { ttl: 100 });
    await clock.advance(81_250);
    expect(asked).toEqual(['connect', 'refresh', 'refresh']);
    expect(status()).toBe('connected');
  });

  it('a renewal that fails is tried again', async () => {
    let count = 0;
    const getToken = (): Promise<string> => {
      count += 1;
      return count === 2 ? Promise.reject(new Error('away')) : Promise.resolve(`t${count}`);
    };
    const socket = await connected({ getToken }, { ttl: 100, ping: 0 });
    await clock.advance(81_250 + 5000);
    expect(socket.asked('refresh')).toMatchObject({ refresh: { token: 't3' } });
  });

  it('error 109: with a new one at once, and only once', async () => {
    const { asked, getToken } = tokens();
    const socket = await connected({ getToken });
    socket.end(1006);
    await clock.advance(3000);
    ScriptedSocket.last.open();
    ScriptedSocket.last.refuse('connect', 109);
    await clock.settle();
    expect(asked).toEqual(['connect', 'connect']);
    expect(status()).toBe('connecting');
    ScriptedSocket.last.open();
    ScriptedSocket.last.refuse('connect', 109);
    expect(client.state.get()).toMatchObject({ status: 'waiting', why: { code: 109 } });
  });

  it('who signs out is disconnected for good', async () => {
    let isSignedIn = true;
    await connected(
      { getToken: () => Promise.resolve(isSignedIn ? 't' : null) },
      { ttl: 100, ping: 0 },
    );
    isSignedIn = false;
    await clock.advance(90_000);
    expect(client.state.get()).toEqual({
      status: 'closed',
      why: { code: 0, reason: 'signed out' },
    });
  });
});

describe('channels', () => {
  const subscribed = async (reply: object = { recoverable: true, epoch: 'e', offset: 5 }) => {
    const socket = await connected();
    const channel = client.channel('room:a');
    const seen: unknown[] = [];
    const gaps: unknown[] = [];
    channel.onPublication(({ data }) => seen.push(data));
    channel.onGap((gap) => gaps.push(gap));
    const release = channel.subscribe();
    await clock.settle();
    socket.answer('subscribe', reply);
    return { socket, channel, seen, gaps, release };
  };
  const pub = (data: unknown, offset?: number) => ({
    push: { channel: 'room:a', pub: { data, offset } },
  });

  it('what comes twice is passed on once', async () => {
    const { socket, seen } = await subscribed();
    socket.say(pub('a', 6), pub('a', 6), pub('old', 3), pub('b', 7));
    expect(seen).toEqual(['a', 'b']);
  });

  it('what follows the reply in the same frame is not lost', async () => {
    const socket = await connected();
    const channel = client.channel('room:a');
    const seen: unknown[] = [];
    channel.onPublication(({ data }) => seen.push(data));
    channel.subscribe();
    await clock.settle();
    const { id } = socket.asked('subscribe');
    socket.say({ id, subscribe: { recoverable: true, epoch: 'e', offset: 1 } }, pub('x', 2));
    expect(seen).toEqual(['x']);
  });

  it('a hole is fetched from the server before anything after it', async () => {
    const { socket, seen, gaps } = await subscribed();
    socket.say(pub('late', 8));
    expect(seen).toEqual([]);
    await clock.settle();
    expect(socket.said.slice(-2)).toMatchObject([
      { unsubscribe: { channel: 'room:a' } },
      { subscribe: { recover: true, epoch: 'e', offset: 5 } },
    ]);
    const publications = [6, 7, 8].map((offset) => ({ data: offset, offset }));
    socket.answer('subscribe', {
      recoverable: true,
      epoch: 'e',
      offset: 8,
      recovered: true,
      was_recovering: true,
      publications,
    });
    expect(seen).toEqual([6, 7, 8]);
    expect(gaps).toEqual([]);
  });

  it('what the server no longer has is told as a gap', async () => {
    const { socket, channel, gaps } = await subscribed();
    socket.say({ push: { channel: 'room:a', unsubscribe: { code: 2500, reason: 'state' } } });
    expect(channel.state.get().status).toBe('subscribing');
    await clock.advance(250);
    socket.answer('subscribe', { recoverable: true, epoch: 'f', offset: 2, was_recovering: true });
    expect(gaps).toEqual([
      { channel: 'room:a', from: { epoch: 'e', offset: 5 }, to: { epoch: 'f', offset: 2 } },
    ]);
    expect(channel.state.get()).toEqual({ status: 'subscribed', wasRecovered: false });
  });

  it('a channel without history tells a gap after every loss, without places', async () => {
    const { socket, gaps } = await subscribed({ data: { step: 1 } });
    expect(gaps).toEqual([]);
    socket.end(1006);
    await clock.advance(3000);
    ScriptedSocket.last.welcome();
    ScriptedSocket.last.answer('subscribe', {});
    expect(gaps).toEqual([{ channel: 'room:a' }]);
  });

  it('an unsubscribe of before does not disturb what was asked for since', async () => {
    const { socket, channel, gaps } = await subscribed();
    socket.say(pub('beyond a hole', 9));
    await clock.settle();
    socket.say({ push: { channel: 'room:a', unsubscribe: { code: 2500, reason: 'state' } } });
    await clock.advance(5000);
    expect(socket.said.filter((each) => 'subscribe' in each)).toHaveLength(2);
    socket.answer('subscribe', { recoverable: true, epoch: 'e', offset: 9, recovered: true });
    expect(channel.state.get()).toEqual({ status: 'subscribed', wasRecovered: true });
    expect(gaps).toEqual([]);
  });

  it('who is subscribed already begins anew', async () => {
    const socket = await connected();
    const channel = client.channel('room:a');
    channel.subscribe();
    await clock.settle();
    socket.refuse('subscribe', 105);
    await clock.settle();
    expect(socket.said.slice(-2)).toMatchObject([
      { unsubscribe: { channel: 'room:a' } },
      { subscribe: { channel: 'room:a' } },
    ]);
    socket.answer('subscribe', {});
    expect(channel.state.get().status).toBe('subscribed');
  });

  it('the end of access is final', async () => {
    const { socket, channel } = await subscribed();
    socket.say({ push: { channel: 'room:a', unsubscribe: { code: 2000, reason: 'removed' } } });
    expect(channel.state.get()).toMatchObject({ status: 'failed', error: { code: 2000 } });
    await clock.advance(60_000);
    expect(socket.said.filter((each) => 'subscribe' in each)).toHaveLength(1);
  });

  it('a temporary refusal is tried again with growing pauses, another is not', async () => {
    const socket = await connected({}, { ping: 0 });
    const channel = client.channel('room:a');
    channel.subscribe();
    await clock.settle();
    socket.refuse('subscribe', 111, true);
    await clock.advance(250);
    socket.refuse('subscribe', 111, true);
    await clock.advance(499);
    expect(socket.said.filter((each) => 'subscribe' in each)).toHaveLength(2);
    await clock.advance(1);
    socket.refuse('subscribe', 103);
    expect(channel.state.get()).toMatchObject({ status: 'failed', error: { code: 103 } });
  });

  it('a subscription that is not answered ends the connection', async () => {
    await connected({}, { ping: 0 });
    client.channel('room:a').subscribe();
    await clock.advance(10_000);
    expect(client.state.get()).toMatchObject({ why: { code: 0, reason: 'no answer' } });
  });

  it('is let go when nobody holds it, and kept when somebody takes it up at once', async () => {
    const { socket, channel, release } = await subscribed();
    release();
    release();
    const again = channel.subscribe();
    await clock.settle();
    expect(channel.state.get().status).toBe('subscribed');
    again();
    await clock.settle();
    expect(socket.asked('unsubscribe')).toMatchObject({ unsubscribe: { channel: 'room:a' } });
    expect(channel.state.get().status).toBe('unsubscribed');
  });

  it('a listener that throws harms nobody else', async () => {
    const thrown: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    const socket = await connected();
    const channel = client.channel('room:a');
    const seen: unknown[] = [];
    channel.onPublication(() => {
      throw new Error('a page with a bug');
    });
    channel.onPublication(({ data }) => seen.push(data));
    channel.subscribe();
    await clock.settle();
    socket.answer('subscribe', {});
    socket.say(pub('x'), pub('y'));
    await clock.settle();
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect(seen).toEqual(['x', 'y']);
    expect(thrown).toHaveLength(2);
  });
});

describe('server-side channels', () => {
  const subs = (reply: object) => ({ subs: { 'user:ann': { recoverable: true, ...reply } } });

  it('say who we are, and are recovered with the next connect command', async () => {
    const socket = await connected({}, subs({ epoch: 'e', offset: 1 }));
    const seen: unknown[] = [];
    const gaps: unknown[] = [];
    client.onServerPublication(({ channel, data }) => seen.push([channel, data]));
    client.onServerGap((gap) => gaps.push(gap));
    expect(client.user.get()).toBe('ann');
    socket.say({ push: { channel: 'user:ann', pub: { data: 'a', offset: 2 } } });
    socket.end(1006);
    await clock.advance(3000);
    const next = ScriptedSocket.last;
    next.open();
    expect(next.asked('connect')).toMatchObject({
      connect: { subs: { 'user:ann': { recover: true, epoch: 'e', offset: 2 } } },
    });
    next.answer('connect', {
      client: 'c2',
      ...subs({ epoch: 'e', offset: 3, recovered: true, publications: [{ data: 'b', offset: 3 }] }),
    });
    expect(seen).toEqual([
      ['user:ann', 'a'],
      ['user:ann', 'b'],
    ]);
    next.end(3014, 'state invalidated');
    await clock.advance(5000);
    ScriptedSocket.last.open();
    expect(ScriptedSocket.last.asked('connect')).toMatchObject({ connect: { subs: {} } });
    ScriptedSocket.last.answer('connect', { client: 'c3', ...subs({ epoch: 'f', offset: 9 }) });
    expect(gaps).toEqual([{ channel: 'user:ann', to: { epoch: 'f', offset: 9 } }]);
  });
});

describe('calls', () => {
  it('wait for the connection, keep their order, and are told when it never comes', async () => {
    start();
    await clock.settle();
    const first = client.call('inbox.counts', {});
    const second = client.call('inbox.counts', {}, { timeoutMs: 500 });
    ScriptedSocket.last.welcome();
    await clock.settle();
    const [one, two] = ScriptedSocket.last.said.filter((each) => 'rpc' in each);
    ScriptedSocket.last.say({ id: one?.id, rpc: { data: { unread: 1 } } });
    expect(await first).toEqual({ unread: 1 });
    const late = expect(second).rejects.toMatchObject({ name: 'timeout', isTemporary: true });
    await clock.advance(500);
    await late;
    ScriptedSocket.last.say({ id: two?.id, rpc: { data: {} } });
    ScriptedSocket.last.end(1006);
    const waiting = client.call('inbox.counts', {});
    const dropped = expect(waiting).rejects.toMatchObject({ name: 'not_connected' });
    client.disconnect();
    await dropped;
  });

  it('what is big leaves in frames of its own', async () => {
    const socket = await connected();
    const before = socket.frames.length;
    const text = 'x'.repeat(6000);
    for (let count = 0; count < 3; count += 1) {
      void client
        .channel('room:a')
        .publish({ text })
        .catch(() => undefined);
    }
    await clock.settle();
    expect(socket.frames.length - before).toBe(3);
  });
});
