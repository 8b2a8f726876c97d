import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { createRecordingLogger } from '../../../../testkit/src/recording-logger.ts';
import { createSystemClock } from '../../adapters/clock-system/system-clock.ts';
import type { ClientSocket } from '../../ports/client-socket.ts';
import type { StreamEndpoint } from '../../ports/stream-endpoint.ts';
import type { HandshakeRequest } from '../../ports/websocket-endpoint.ts';
import { ConnectGate } from '../connect-gate.ts';
import { DEFAULT_WEBSOCKET_LIMITS } from '../websocket/limits.ts';
import { registerStreams } from './stream-transport.ts';

interface Opened {
  readonly socket: ClientSocket;
  readonly request: HandshakeRequest;
  readonly first: Promise<string>;
  readonly closed: Promise<number>;
}

let app: FastifyInstance | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  app?.server.closeAllConnections();
  await app?.close();
});

const clock = createSystemClock();

/** Requests have 200 ms to arrive whole. */
const run = async (throws = false) => {
  const opened: Opened[] = [];
  const errors: string[] = [];
  const endpoint: StreamEndpoint = {
    name: 'test',
    transport: 'http_stream',
    path: '/stream',
    methods: ['GET', 'POST'],
    contentType: 'text/plain',
    encodeOpening: () => Buffer.from('open\n'),
    encodeClose: ({ code }) => Buffer.from(`closed ${code}\n`),
    open(socket, request) {
      if (throws) throw new Error('a bug');
      const first = Promise.withResolvers<string>();
      const closed = Promise.withResolvers<number>();
      opened.push({ socket, request, first: first.promise, closed: closed.promise });
      return {
        isAuthenticated: false,
        handleText: first.resolve,
        handleBinary: () => undefined,
        handleDrain: () => undefined,
        handleClosed: closed.resolve,
      };
    },
  };
  app = Fastify({
    serverFactory: (handler) =>
      createServer(
        { requestTimeout: 200, headersTimeout: 100, connectionsCheckingInterval: 20 },
        handler,
      ),
  });
  const limits = { ...DEFAULT_WEBSOCKET_LIMITS, maxUnauthenticated: 2 };
  registerStreams(app, {
    endpoints: [endpoint],
    gate: new ConnectGate({ limits, clock }),
    isProxyTrusted: false,
    maxFrameBytes: 1000,
    closeTimeoutMs: 50,
    clock,
    logger: createRecordingLogger(({ message }) => errors.push(message)),
    metrics: { count: () => undefined, observe: () => undefined },
    sendProblem: (reply, failure, status = 400) => reply.code(status).send(failure.message),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { opened, errors, url: `http://127.0.0.1:${port}/stream`, port };
};

it('outlives every timeout that a request has', async () => {
  const { opened, url, port } = await run();
  const answer = await fetch(url, { method: 'POST', body: 'hello' });
  const stream = opened[0];
  expect(await stream?.first).toBe('hello');
  const slow = connect(port, '127.0.0.1');
  sockets.push(slow);
  slow.write('POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
  const [cut] = (await once(slow, 'data')) as [Buffer];
  expect(cut.toString()).toContain('408');
  expect(stream?.socket.send([Buffer.from('still here\n')])).toBe('sent');
  stream?.socket.close({ code: 3001, reason: '' });
  expect(await answer.text()).toBe('open\nstill here\nclosed 3001\n');
  expect(await stream?.closed).toBe(1006);
});

it('whose client reads nothing is cut a moment after its end', async () => {
  const { opened, port } = await run();
  const deaf = connect(port, '127.0.0.1');
  sockets.push(deaf);
  deaf.pause();
  deaf.write('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
  while (opened.length === 0) await new Promise(setImmediate);
  const [stream] = opened;
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  let answer = '';
  while (answer !== 'full') answer = stream?.socket.send([chunk, chunk, chunk]) ?? 'full';
  stream?.socket.close({ code: 3008, reason: 'slow' });
  expect(await stream?.closed).toBe(1006);
});

it('takes its first message from the query where there is no body, and what else the request says', async () => {
  const { opened, url } = await run();
  const abort = new AbortController();
  await fetch(`${url}?cf_connect=%7B%22a%22%3A1%7D&device=mobile`, {
    headers: { 'user-agent': 'agent', 'last-event-id': 'a=e:1' },
    signal: abort.signal,
  });
  const [stream] = opened;
  expect(await stream?.first).toBe('{"a":1}');
  expect(stream?.request).toMatchObject({
    path: '/stream',
    userAgent: 'agent',
    lastEventId: 'a=e:1',
    remoteAddress: '127.0.0.1',
  });
  expect(stream?.request.query.get('device')).toBe('mobile');
  abort.abort();
  expect(await stream?.closed).toBe(1006);
});

it('those that have not logged in are limited, until one goes', async () => {
  const { opened, url } = await run();
  const abort = new AbortController();
  // Held: a response that nobody holds is ended by the garbage collector.
  const held = [await fetch(url, { signal: abort.signal }), await fetch(url)];
  expect((await fetch(url)).status).toBe(503);
  abort.abort();
  await opened[0]?.closed;
  held.push(await fetch(url));
  expect(held.map(({ status }) => status)).toEqual([200, 200, 200]);
});

it('too large a body is refused, and an endpoint that throws loses its stream alone', async () => {
  const { url, errors } = await run(true);
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413);
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
  expect(errors).toEqual(['a stream failed']);
});
