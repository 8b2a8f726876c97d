import { createFakeClock } from '@carillon/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CloseReason } from '../connection/connection-state.ts';
import { type ClientEnvironment, platform } from '../environment.ts';
import { openHttpStream } from './http-stream-transport.ts';
import { openEventSource } from './sse-transport.ts';
import type { OpenTransport, TransportOptions } from './transport.ts';

interface Post {
  readonly url: string;
  readonly body: string;
  readonly answer: (status: number, body?: ReadableStream<Uint8Array>) => void;
  readonly signal: AbortSignal | undefined;
}

/** An EventSource whose events the test makes. */
class ScriptedEventSource {
  static last: ScriptedEventSource | undefined;
  readonly url: string;
  isClosed = false;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(url: string) {
    this.url = url;
    ScriptedEventSource.last = this;
  }

  close(): void {
    this.isClosed = true;
  }
}

let posts: Post[];
let texts: string[];
let closes: CloseReason[];
const encoder = new TextEncoder();

const scriptedFetch: typeof fetch = (input, init) =>
  new Promise((resolve, reject) => {
    const { signal, body } = init ?? {};
    posts.push({
      url: typeof input === 'string' ? input : '',
      body: typeof body === 'string' ? body : '',
      signal: signal ?? undefined,
      answer: (status, stream) => resolve(new Response(stream ?? null, { status })),
    });
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
  });

const open = (transport: OpenTransport) => {
  const environment: ClientEnvironment = {
    ...platform(),
    clock: createFakeClock(),
    fetch: scriptedFetch,
    EventSource: ScriptedEventSource as never,
  };
  const options: TransportOptions = {
    base: 'https://example.org/x/connection',
    query: '?device=mobile',
    first: '{"id":1}',
    environment,
    onText: (text) => texts.push(text),
    onClose: (why) => closes.push(why),
  };
  return transport(options);
};

/** What is under way has been read when a macrotask is over. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const post = (index: number): Post => {
  const found = posts[index];
  if (found === undefined) throw new Error(`no post ${index}`);
  return found;
};

beforeEach(() => {
  posts = [];
  texts = [];
  closes = [];
});

describe('HTTP streaming', () => {
  const streaming = async () => {
    const transport = open(openHttpStream);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    post(0).answer(200, readable);
    await settled();
    return { transport, writer };
  };

  it('begins with the connect command', () => {
    open(openHttpStream);
    expect(post(0)).toMatchObject({
      url: 'https://example.org/x/connection/http_stream?device=mobile',
      body: '{"id":1}',
    });
  });

  it('passes on whole lines, wherever the bytes were cut', async () => {
    const { writer } = await streaming();
    const bytes = encoder.encode('{"a":"金"}\n{"b":2}\n{"c":');
    for (const byte of bytes) await writer.write(Uint8Array.of(byte));
    await settled();
    expect(texts.join('')).toBe('{"a":"金"}\n{"b":2}\n');
    await writer.write(encoder.encode('3}\n'));
    await settled();
    expect(texts.at(-1)).toBe('{"c":3}\n');
  });

  it('the end of the stream is a loss without a code', async () => {
    const { writer } = await streaming();
    await writer.close();
    await settled();
    expect(closes).toEqual([{ code: 1006, reason: 'the stream ended' }]);
  });

  it.each([
    [404, 1006],
    [403, 1006],
    [429, 1013],
    [503, 1013],
  ])('status %i closes with %i: a busy server is not passed by', async (status, code) => {
    open(openHttpStream);
    post(0).answer(status);
    await settled();
    expect(closes).toEqual([{ code, reason: `HTTP ${status}` }]);
  });

  it('closing is silent and ends the request', async () => {
    const { transport } = await streaming();
    transport.close();
    await settled();
    expect(post(0).signal?.aborted).toBe(true);
    expect(closes).toEqual([]);
  });
});

describe('the way up', () => {
  it('waits until the server has said where to, then goes one post after the other', async () => {
    const transport = open(openHttpStream);
    transport.send('1');
    transport.send('2');
    expect(posts).toHaveLength(1);
    transport.welcome('s', 'n');
    await settled();
    expect(post(1).url).toBe('https://example.org/x/emulation');
    expect(JSON.parse(post(1).body)).toEqual({ session: 's', node: 'n', data: '1\n2' });
    transport.send('3');
    transport.send('4');
    await settled();
    expect(posts).toHaveLength(2);
    post(1).answer(204);
    await settled();
    expect(JSON.parse(post(2).body)).toMatchObject({ data: '3\n4' });
  });

  it('a post that is refused is the end: what it carried may be lost', async () => {
    const transport = open(openHttpStream);
    transport.welcome('s', 'n');
    transport.send('1');
    await settled();
    post(1).answer(404);
    await settled();
    expect(closes).toMatchObject([{ code: 1006, reason: 'Error: HTTP 404' }]);
  });
});

describe('server-sent events', () => {
  it('bring the connect command in the address, and never come back by themselves', async () => {
    open(openEventSource);
    const source = ScriptedEventSource.last;
    expect(source?.url).toBe(
      'https://example.org/x/connection/sse?device=mobile&cf_connect=%7B%22id%22%3A1%7D',
    );
    source?.onmessage?.({ data: '{"id":1,"connect":{}}' });
    expect(texts).toEqual(['{"id":1,"connect":{}}']);
    source?.onerror?.();
    expect(source?.isClosed).toBe(true);
    expect(closes).toEqual([{ code: 1006, reason: 'the stream ended' }]);
  });
});
