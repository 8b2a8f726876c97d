import { once } from 'node:events';
import {
  createServer,
  get,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ResponseSocket } from './response-socket.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A stream and the client that reads it, over a real connection. */
const openStream = async (): Promise<{
  readonly response: ServerResponse;
  readonly socket: ResponseSocket;
  readonly client: () => Promise<IncomingMessage>;
}> => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const request = get({ port, host: '127.0.0.1' });
  request.on('error', () => undefined);
  const answered = once(request, 'response').then(([message]) => message as IncomingMessage);
  answered.catch(() => undefined);
  const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  return { response, socket: new ResponseSocket(response), client: () => answered };
};

const CHUNK = Buffer.alloc(256 * 1024, 'x');

/** More than the kernel's buffers hold. */
const fill = (socket: ResponseSocket): void => {
  let answer = '';
  for (let sent = 0; sent < 200; sent += 1) answer = socket.send([CHUNK]);
  expect(answer).toBe('full');
};

describe('the way out of an event stream', () => {
  it('takes nothing before the stream has begun', async () => {
    const { response, socket } = await openStream();
    expect(socket.send([Buffer.from('early')])).toBe('closed');
    socket.close();
    expect(response.writableEnded).toBe(false);
  });

  it('writes chunks in order', async () => {
    const { response, socket, client } = await openStream();
    response.writeHead(200);
    expect(socket.send([Buffer.from('a'), Buffer.from('b')])).toBe('sent');
    expect(await socket.write('c')).toBe(true);
    socket.close();
    const parts: Buffer[] = [];
    for await (const part of await client()) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString()).toBe('abc');
  });

  it('says "full" to a client that does not read, and goes on when it does', async () => {
    const { response, socket, client } = await openStream();
    response.writeHead(200);
    fill(socket);
    let hasRoom: boolean | undefined;
    const written = socket.write('last').then((answer) => {
      hasRoom = answer;
    });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(hasRoom).toBeUndefined();
    (await client()).resume();
    await written;
    expect(hasRoom).toBe(true);
    expect(response.listenerCount('drain')).toBe(0);
  });

  it('a client that goes while it is waited for is told of', async () => {
    const { response, socket, client } = await openStream();
    response.writeHead(200);
    fill(socket);
    const written = socket.write('never read');
    (await client()).destroy();
    expect(await written).toBe(false);
    expect(socket.isOpen).toBe(false);
    expect(socket.send([CHUNK])).toBe('closed');
    expect(await socket.write('more')).toBe(false);
  });
});
