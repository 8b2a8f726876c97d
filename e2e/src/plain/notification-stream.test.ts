import { EventSource, type FetchLike } from 'eventsource';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '@carillon/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usePlainServer } from './plain-fixture.ts';

const PATH = '/api/notifications/stream';

const fixture = usePlainServer({ env: { WS_HEARTBEAT_INTERVAL: '1s' } });

interface Received {
  readonly id: string;
  readonly title: string;
}

/** A browser's EventSource: keeps what came, and waits for the n-th notification. */
class StreamReader {
  readonly source: EventSource;
  readonly received: Received[] = [];
  readonly failed: Promise<number | undefined>;
  #wake: () => void = () => undefined;

  constructor(url: string, fetchLike?: FetchLike) {
    this.source = new EventSource(url, fetchLike === undefined ? {} : { fetch: fetchLike });
    this.source.addEventListener('notification', (event) => {
      const { title } = JSON.parse(String(event.data)) as { title: string };
      this.received.push({ id: event.lastEventId, title });
      this.#wake();
    });
    this.failed = new Promise((resolve) => {
      this.source.addEventListener('error', (event) => resolve(event.code));
    });
  }

  async opened(): Promise<this> {
    await new Promise((resolve) => {
      this.source.addEventListener('open', resolve, { once: true });
    });
    return this;
  }

  async first(count: number): Promise<readonly string[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.received.map(({ title }) => title);
  }
}

const readers: StreamReader[] = [];

afterEach(() => {
  for (const reader of readers.splice(0)) reader.source.close();
});

const read = (url: string, fetchLike?: FetchLike): StreamReader => {
  const reader = new StreamReader(url, fetchLike);
  readers.push(reader);
  return reader;
};

const streamUrl = async (user: string, query = ''): Promise<string> =>
  `${fixture.server.url}${PATH}?token=${await fixture.server.token(user)}${query}`;

const notify = (user: string, title: string) =>
  fixture.post('/api/v1/notifications', {
    users: [user],
    title,
    content: 'a\r\nb\n c',
    type: 'info',
  });

describe('GET /api/notifications/stream (C5)', () => {
  it('live notifications come as `notification` events with ids that grow', async () => {
    const stream = await read(await streamUrl('alice')).opened();
    await notify('alice', 'one');
    await notify('alice', 'two');
    expect(await stream.first(2)).toEqual(['one', 'two']);
    expect(stream.received.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('the data is the notification as the plain socket shows it', async () => {
    const socket = await fixture.connect('/api/ws/notifications', { sub: 'bob' });
    await socket.nextOf('connected');
    const stream = await read(await streamUrl('bob')).opened();
    const data = new Promise<string>((resolve) => {
      stream.source.addEventListener('notification', (event) => resolve(String(event.data)));
    });
    await notify('bob', 'same');
    const frame = await socket.nextOf('notification');
    expect(JSON.parse(await data)).toEqual(frame['data']);
  });

  it('resumes after Last-Event-ID with everything missed, once and in order', async () => {
    for (const title of ['one', 'two', 'three', 'four']) await notify('carol', title);
    const url = await streamUrl('carol');
    const resumed = read(url, (target, init) =>
      fetch(target, { ...init, headers: { ...init.headers, 'last-event-id': '2' } }),
    );
    expect(await resumed.first(2)).toEqual(['three', 'four']);
    await notify('carol', 'five');
    expect(await resumed.first(3)).toEqual(['three', 'four', 'five']);
  });

  it('?last_event_id= does the same for clients that cannot set headers', async () => {
    for (const title of ['one', 'two', 'three']) await notify('dora', title);
    expect(await read(await streamUrl('dora', '&last_event_id=1')).first(2)).toEqual([
      'two',
      'three',
    ]);
  });

  it('the inbox may be read from its beginning, over more than one page', async () => {
    const titles = Array.from({ length: 130 }, (_, index) => `n${index}`);
    for (const title of titles) await notify('erin', title);
    expect(await read(await streamUrl('erin', '&last_event_id=0')).first(130)).toEqual(titles);
  });

  it('what is stored while a stream resumes is neither lost nor shown twice', async () => {
    for (let index = 0; index < 20; index += 1) await notify('faye', `n${index}`);
    const url = await streamUrl('faye', '&last_event_id=0');
    const streams = Array.from({ length: 5 }, () => read(url));
    await Promise.all(Array.from({ length: 20 }, (_, index) => notify('faye', `n${20 + index}`)));
    for (const stream of streams) {
      await stream.first(40);
      expect(stream.received.map(({ id }) => Number(id))).toEqual(
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
    }
  });

  it('a new stream does not begin with old notifications, and can be resumed before the first', async () => {
    await notify('gina', 'old');
    const response = await fetch(await streamUrl('gina'));
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    await reader?.cancel();
    const text = new TextDecoder().decode(value);
    expect(text).toContain('retry: 3000\n');
    expect(text).toContain('id: 1\n');
    expect(text).not.toContain('old');
  });

  it('the headers keep proxies from holding anything back', async () => {
    const abort = new AbortController();
    const response = await fetch(await streamUrl('henry'), { signal: abort.signal });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    abort.abort();
  });

  it('comments keep a quiet stream alive', async () => {
    const response = await fetch(await streamUrl('iris'));
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes(': heartbeat\n\n')) break;
    }
    expect(text).toContain(': heartbeat\n\n');
  });

  it.each([
    ['no token', PATH],
    ['a forged token', `${PATH}?token=a.b.c`],
  ])('%s: 401 as problem details, and an EventSource gives up', async (_what, path) => {
    const response = await fetch(new URL(path, fixture.server.url));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ status: 401, code: 101 });
    const stream = read(new URL(path, fixture.server.url).href);
    expect(await stream.failed).toBe(401);
    expect(stream.source.readyState).toBe(EventSource.CLOSED);
  });

  it('a stream that was closed is forgotten', async () => {
    const stream = await read(await streamUrl('jack')).opened();
    await notify('jack', 'one');
    await stream.first(1);
    const count = async (): Promise<number | undefined> => {
      const response = await fetch(new URL('/api/ws/stats', fixture.server.url));
      const stats = (await response.json()) as { users: Record<string, number> };
      return stats.users['jack'];
    };
    expect(await count()).toBe(1);
    stream.source.close();
    await expect.poll(count).toBeUndefined();
  });
});

describe('a restart', () => {
  it('is resumed by an EventSource where it was, with nothing missing', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'carillon-stream-'));
    const before = await startServer({ dataDir });
    const post = (server: typeof before, title: string) =>
      fetch(`${server.url}/api/v1/notifications`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
        body: JSON.stringify({ users: ['alice'], title }),
      });
    const token = await before.token('alice');
    const stream = await read(`${before.url}${PATH}?token=${token}`).opened();
    await post(before, 'one');
    await stream.first(1);
    await before.kill('SIGKILL');
    const after = await startServer({ dataDir, port: before.port });
    await post(after, 'two');
    await post(after, 'three');
    expect(await stream.first(3)).toEqual(['one', 'two', 'three']);
    expect(stream.received.map(({ id }) => id)).toEqual(['1', '2', '3']);
    stream.source.close();
    await after.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);
});
