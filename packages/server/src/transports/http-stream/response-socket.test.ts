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

const EVENT = Buffer.from('data: {}\n\n');

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

it('many small events fill it as well as few large ones', async () => {
  const { response, socket } = await openStream();
  response.writeHead(200);
  let answer = '';
  for (let sent = 0; sent < 1_000_000 && answer !== 'full'; sent += 1) {
    answer = socket.send([EVENT, EVENT]);
    if (sent % 5_000 === 0) await new Promise(setImmediate);
  }
  expect(answer).toBe('full');
  socket.terminate();
});

describe('event ids', () => {
  const read = async (client: () => Promise<IncomingMessage>): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of await client()) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  };

  it('stand within the last event of a write, and only when they say something new', async () => {
    const { response, client } = await openStream();
    let id: string | undefined;
    const socket = new ResponseSocket(response, { eventId: () => id });
    response.writeHead(200);
    socket.send([Buffer.from('data: 1\n\n')]);
    id = 'a=e:1';
    socket.send([Buffer.from('data: 2\n\n'), Buffer.from('data: 3\n\ndata: 4\ndata: 5\n\n')]);
    socket.send([Buffer.from('data: {}\n\n')]);
    id = 'a=e:2';
    socket.catchUp(() => void socket.send([Buffer.from('data: 6\n\n')]));
    socket.send([Buffer.from('data: 7\n\n')]);
    socket.close();
    expect(await read(client)).toBe(
      'data: 1\n\ndata: 2\n\ndata: 3\n\nid: a=e:1\ndata: 4\ndata: 5\n\n' +
        'data: {}\n\ndata: 6\n\nid: a=e:2\ndata: 7\n\n',
    );
  });

  it('the place of a close frame is taken by what the protocol says instead, once', async () => {
    const { response, client } = await openStream();
    const endings: number[] = [];
    const socket = new ResponseSocket(response, {
      encodeClose: ({ code }) => Buffer.from(`bye ${code}\n`),
      handleEnding: () => void endings.push(1),
    });
    response.writeHead(200);
    socket.close({ code: 3001, reason: 'shutdown' });
    socket.close({ code: 3004, reason: 'again' });
    expect(await read(client)).toBe('bye 3001\n');
    expect(endings).toEqual([1]);
  });
});
