import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../../testkit/src/fake-clock.ts';
import { limitBodies, watchStall } from './slow-bodies.ts';

let app: FastifyInstance;
let clock: FakeClock;
/** Of the slow route: something has arrived. */
let arrived: PromiseWithResolvers<void>;
/** The server's end of the one connection. */
let served: { readonly bytesRead: number } | undefined;

beforeEach(async () => {
  clock = createFakeClock();
  arrived = Promise.withResolvers<void>();
  app = Fastify();
  limitBodies(app, clock);
  app.addHook('onRequest', async () => arrived.resolve());
  app.post('/json', async () => 'done');
  app.addContentTypeParser('text/slow', (_request, _payload, done) => done(null));
  app.post('/slow', { config: { hasSlowBody: true } }, (request, reply) => {
    const { stop } = watchStall(request, clock);
    request.raw.resume();
    request.raw.once('end', () => {
      stop();
      void reply.send('done');
    });
  });
  app.server.on('connection', (socket) => {
    served = socket;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

/** A request whose body of ten bytes is still to come. */
async function begin(path: string, type: string) {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 10\r\n\r\n`,
  );
  await arrived.promise;
  // Its other end may go without a goodbye.
  socket.on('error', () => undefined);
  return { socket, closed: new Promise((resolve) => socket.once('close', resolve)) };
}

it('a request whose body does not come is ended', async () => {
  const { socket, closed } = await begin('/json', 'application/json');
  socket.write('{');
  await clock.advance(30_000);
  await closed;
});

it('a body that comes in time leaves no timer behind', async () => {
  const { socket } = await begin('/json', 'application/json');
  socket.write('{"a":"bc"}');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('200 OK');
  expect(clock.pendingTimers).toBe(0);
  socket.destroy();
});

it('an upload that stands still is ended, one that goes on is not', async () => {
  const { socket, closed } = await begin('/slow', 'text/slow');
  for (let minute = 0; minute < 3; minute += 1) {
    const bytesRead = served?.bytesRead ?? 0;
    socket.write('x');
    await expect.poll(() => served?.bytesRead).toBe(bytesRead + 1);
    await clock.advance(30_000);
  }
  expect(socket.destroyed).toBe(false);
  await clock.advance(60_000);
  await closed;
});
