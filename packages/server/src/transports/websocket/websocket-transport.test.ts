import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { OPCODES, RawWebSocket } from '@carillon/testkit';
import type { ClientSocket } from '../../ports/client-socket.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { HandshakeRequest, WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import { frameBinary, frameText } from './frame.ts';
import { NOT_FOUND, refuseUpgrade } from './handshake.ts';
import type { WebSocketLimits } from './limits.ts';
import { type WebSocketTransport, createWebSocketTransport } from './websocket-transport.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  defer: (callback) => void globalThis.setImmediate(callback),
};

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => logger,
};

interface Opened {
  readonly socket: ClientSocket;
  readonly request: HandshakeRequest;
  readonly closed: Promise<number>;
  drains: number;
  isAuthenticated: boolean;
}

/** Echoes what it gets; says what it saw. */
class EchoEndpoint implements WebSocketEndpoint {
  readonly name = 'echo';
  readonly path: string;
  readonly opened: Opened[] = [];
  handleText: (socket: ClientSocket, text: string) => void = (socket, text) => {
    socket.send([frameText(text)]);
  };

  constructor(path = '/echo') {
    this.path = path;
  }

  get last(): Opened {
    const opened = this.opened.at(-1);
    if (opened === undefined) throw new Error('nothing was opened');
    return opened;
  }

  open(socket: ClientSocket, request: HandshakeRequest) {
    const { promise, resolve } = Promise.withResolvers<number>();
    const opened: Opened = { socket, request, closed: promise, drains: 0, isAuthenticated: false };
    this.opened.push(opened);
    return {
      get isAuthenticated() {
        return opened.isAuthenticated;
      },
      handleText: (text: string) => this.handleText(socket, text),
      handleBinary: (bytes: Uint8Array) => void socket.send([frameBinary(bytes)]),
      handleDrain: () => {
        opened.drains += 1;
      },
      handleClosed: resolve,
    };
  }
}

interface Running {
  readonly port: number;
  readonly echo: EchoEndpoint;
  readonly transport: WebSocketTransport;
  readonly counted: Map<string, number>;
  readonly open: (options?: { headers?: Record<string, string> }) => Promise<RawWebSocket>;
}

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface RunOptions {
  limits?: Partial<WebSocketLimits>;
  allowedOrigins?: string[];
  isProxyTrusted?: boolean;
  endpoints?: WebSocketEndpoint[];
}

const run = async ({ endpoints = [], ...options }: RunOptions = {}): Promise<Running> => {
  const echo = new EchoEndpoint();
  const counted = new Map<string, number>();
  const metrics = {
    count: (name: string, amount: number, labels?: Readonly<Record<string, string>>) => {
      const key = [name, ...Object.values(labels ?? {})].join(' ');
      counted.set(key, (counted.get(key) ?? 0) + amount);
    },
    observe: () => undefined,
  };
  const transport = createWebSocketTransport({
    endpoints: [echo, ...endpoints],
    clock,
    logger,
    metrics,
    ...options,
  });
  const server = createServer();
  servers.push(server);
  server.on('upgrade', (request, socket, head) => {
    if (!transport.handleUpgrade(request, socket, head)) refuseUpgrade(socket, NOT_FOUND);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    echo,
    transport,
    counted,
    open: (handshake) => RawWebSocket.open(port, '/echo', handshake),
  };
};

const statusOf = async (
  port: number,
  path: string,
  headers: Record<string, string | undefined> = {},
): Promise<number> => {
  const client = await RawWebSocket.connect(port);
  const { status } = await client.handshake(path, { headers });
  client.destroy();
  return status;
};

describe('handshake', () => {
  it('is answered with the accept key of RFC 6455', async () => {
    const { port } = await run();
    const client = await RawWebSocket.connect(port);
    const { status, headers } = await client.handshake('/echo');
    expect(status).toBe(101);
    expect(headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(headers.has('sec-websocket-extensions')).toBe(false);
  });

  it('an unknown path is left to the caller, here 404', async () => {
    const { port } = await run();
    expect(await statusOf(port, '/nope')).toBe(404);
    expect(await statusOf(port, '/echo/more')).toBe(404);
  });

  it.each(['8', '12', '14', '', undefined])(
    'version %s is answered 426 with ours',
    async (version) => {
      const { port } = await run();
      const client = await RawWebSocket.connect(port);
      const head = await client.handshake('/echo', {
        headers: { 'Sec-WebSocket-Version': version },
      });
      expect(head.status).toBe(426);
      expect(head.headers.get('sec-websocket-version')).toBe('13');
      await client.ended();
    },
  );

  it('a wrong method or header is answered 400', async () => {
    const { port, counted } = await run();
    const poster = await RawWebSocket.connect(port);
    expect((await poster.handshake('/echo', { method: 'POST' })).status).toBe(400);
    expect(await statusOf(port, '/echo', { Upgrade: 'h2c' })).toBe(400);
    expect(await statusOf(port, '/echo', { 'Sec-WebSocket-Key': undefined })).toBe(400);
    expect(await statusOf(port, '/echo', { 'Sec-WebSocket-Key': 'c2hvcnQ=' })).toBe(400);
    expect(counted.get('ws_handshakes_refused_total malformed')).toBe(4);
  });

  it('a path parameter is decoded, a literal path wins, bad encoding is 400', async () => {
    const byId = new EchoEndpoint('/ws/{user_id}');
    const chat = new EchoEndpoint('/ws/chat');
    const { port } = await run({ endpoints: [byId, chat] });
    await RawWebSocket.open(port, '/ws/z%C3%BCrich%2F1?lang=de&x=1');
    expect(byId.last.request.params).toEqual({ user_id: 'zürich/1' });
    expect(byId.last.request.query.get('lang')).toBe('de');
    await RawWebSocket.open(port, '/ws/chat');
    expect(chat.opened).toHaveLength(1);
    expect(await statusOf(port, '/ws/%ff')).toBe(400);
    expect(await statusOf(port, '/ws/')).toBe(404);
  });

  it('two endpoints at one path are a mistake of the program', async () => {
    await expect(
      run({ endpoints: [new EchoEndpoint('/a/{b}'), new EchoEndpoint('/a/{c}')] }),
    ).rejects.toThrow('/a/{c}');
  });

  it('what it said is kept: address, agent, language, authorization', async () => {
    const { echo, open } = await run();
    await open({
      headers: { 'User-Agent': 'UA', 'Accept-Language': 'zh', Authorization: 'Bearer t' },
    });
    expect(echo.last.request).toMatchObject({
      path: '/echo',
      remoteAddress: '127.0.0.1',
      userAgent: 'UA',
      acceptLanguage: 'zh',
      authorization: 'Bearer t',
    });
  });

  it('a subprotocol with a secret in it is not echoed', async () => {
    const { port } = await run();
    const client = await RawWebSocket.connect(port);
    const { headers } = await client.handshake('/echo', {
      headers: { 'Sec-WebSocket-Protocol': 'bearer.secret' },
    });
    expect(headers.has('sec-websocket-protocol')).toBe(false);
  });
});

describe('a handshake that brings the first frame', () => {
  const protocols = `carillon.v1, carillon.connect.${Buffer.from('hello').toString('base64url')}`;
  const ask = (path: string): string =>
    [
      `GET ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: ${protocols}`,
      '\r\n',
    ].join('\r\n');

  it('is answered together with the answer to it, where an endpoint takes that', async () => {
    const quick = Object.assign(new EchoEndpoint('/quick'), { takesQuickConnect: true });
    const writes: string[] = [];
    const { port } = await run({ endpoints: [quick] });
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (bytes) => writes.push(bytes.toString('latin1')));
    socket.write(ask('/quick'));
    await once(socket, 'data');
    expect(writes.join('')).toMatch(/^HTTP\/1.1 101 [^]*Sec-WebSocket-Protocol: carillon.v1\r\n/);
    expect(writes).toHaveLength(1);
    expect(writes[0]?.endsWith('\r\n\r\n\x81\x05hello')).toBe(true);
    socket.destroy();
  });

  it('stays a handshake everywhere else', async () => {
    const { echo, port } = await run();
    const client = await RawWebSocket.open(port, '/echo', {
      headers: { 'Sec-WebSocket-Protocol': protocols },
    });
    client.sendText('first');
    expect(await client.text()).toBe('first');
    expect(echo.opened).toHaveLength(1);
    client.destroy();
  });
});

describe('origin', () => {
  it('without a list only pages of the same host connect', async () => {
    const { port } = await run();
    const own = `127.0.0.1:${port}`;
    expect(await statusOf(port, '/echo', { Origin: `http://${own}` })).toBe(101);
    expect(await statusOf(port, '/echo', { Origin: `https://${own}` })).toBe(101);
    expect(await statusOf(port, '/echo', {})).toBe(101);
    for (const origin of [
      'http://evil.example',
      `http://evil.${own}`,
      'null',
      '',
      `ftp://${own}`,
    ]) {
      expect(await statusOf(port, '/echo', { Origin: origin }), origin).toBe(403);
    }
  });

  it('with a list the match is exact', async () => {
    const { port } = await run({ allowedOrigins: ['https://app.example.com'] });
    expect(await statusOf(port, '/echo', { Origin: 'https://app.example.com' })).toBe(101);
    for (const origin of [
      'http://app.example.com',
      'https://app.example.com.evil.io',
      'https://evil-app.example.com',
      'https://app.example.com:8443',
      'https://app.example.com/',
      'null',
    ]) {
      expect(await statusOf(port, '/echo', { Origin: origin }), origin).toBe(403);
    }
  });

  it('* allows all', async () => {
    const { port } = await run({ allowedOrigins: ['*'] });
    expect(await statusOf(port, '/echo', { Origin: 'https://x.example' })).toBe(101);
    expect(await statusOf(port, '/echo', { Origin: 'null' })).toBe(101);
  });
});

describe('limits before anybody is known', () => {
  it('too many connects of one address are answered 429, others still pass', async () => {
    const { port, counted } = await run({
      isProxyTrusted: true,
      limits: { connectRatePerAddress: { count: 2, perMs: 60_000 } },
    });
    const from = (address: string) => statusOf(port, '/echo', { 'X-Forwarded-For': address });
    expect(await from('9.9.9.9')).toBe(101);
    expect(await from('9.9.9.9')).toBe(101);
    expect(await from('9.9.9.9')).toBe(429);
    expect(await from('8.8.8.8, 9.9.9.9')).toBe(429);
    expect(await from('9.9.9.8')).toBe(101);
    expect(counted.get('ws_handshakes_refused_total address_rate')).toBe(2);
  });

  it('one IPv6 network counts as one address', async () => {
    const { port } = await run({
      isProxyTrusted: true,
      limits: { connectRatePerAddress: { count: 1, perMs: 60_000 } },
    });
    const from = (address: string) => statusOf(port, '/echo', { 'X-Forwarded-For': address });
    expect(await from('2001:db8:1:2::1')).toBe(101);
    expect(await from('2001:db8:1:2:ffff::2')).toBe(429);
    expect(await from('2001:db8:1:3::1')).toBe(101);
  });

  it('without a trusted proxy nobody chooses an address of their own', async () => {
    const { port, echo } = await run();
    await statusOf(port, '/echo', { 'X-Forwarded-For': '9.9.9.9' });
    expect(echo.last.request.remoteAddress).toBe('127.0.0.1');
  });

  it('too many connects altogether are answered 503', async () => {
    const { port } = await run({ limits: { connectRate: { count: 2, perMs: 60_000 } } });
    expect(await statusOf(port, '/echo')).toBe(101);
    expect(await statusOf(port, '/echo')).toBe(101);
    expect(await statusOf(port, '/echo')).toBe(503);
  });

  it('too many that have not logged in are answered 503 until one has', async () => {
    const { port, echo, open } = await run({ limits: { maxUnauthenticated: 2 } });
    const first = await open();
    await open();
    expect(await statusOf(port, '/echo')).toBe(503);
    first.destroy();
    await echo.opened[0]?.closed;
    await open();
    expect(await statusOf(port, '/echo')).toBe(503);
    for (const opened of echo.opened) opened.isAuthenticated = true;
    let status = 503;
    while (status === 503) status = await statusOf(port, '/echo');
    expect(status).toBe(101);
  });
});

describe('messages', () => {
  it('text and binary come in whole and go out as prepared', async () => {
    const { open } = await run();
    const client = await open();
    client.sendText('hällo 鐘');
    expect(await client.text()).toBe('hällo 鐘');
    client.send({ opcode: OPCODES.binary, payload: Buffer.from([0, 255, 1]) });
    const frame = await client.frame();
    expect(frame).toMatchObject({ opcode: 2, isFinal: true, isMasked: false, reserved: 0 });
    expect([...(frame?.payload ?? [])]).toEqual([0, 255, 1]);
  });

  it('fragments, with a ping between them, are one message', async () => {
    const { open } = await run();
    const client = await open();
    client.send({ opcode: OPCODES.text, payload: 'a', isFinal: false });
    client.send({ opcode: OPCODES.ping, payload: 'p' });
    client.send({ opcode: OPCODES.continuation, payload: 'b', isFinal: false });
    client.send({ opcode: OPCODES.continuation, payload: 'c' });
    expect((await client.frame())?.opcode).toBe(OPCODES.pong);
    expect(await client.text()).toBe('abc');
  });

  it('a message one byte at a time still arrives', async () => {
    const { open } = await run();
    const client = await open();
    const bytes = Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from('hello')]);
    for (const byte of bytes) client.write(Buffer.from([byte]));
    expect(await client.text()).toBe('hello');
  });

  it('64 KB pass, one byte more closes with 1009', async () => {
    const { open, counted } = await run();
    const client = await open();
    client.sendText('x'.repeat(65_536));
    expect((await client.text()).length).toBe(65_536);
    client.sendText('x'.repeat(65_537));
    expect(await client.closeCode()).toBe(1009);
    await client.ended();
    expect(counted.get('ws_errors_total WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')).toBe(1);
  });

  it('a claimed length of gigabytes closes with 1009 before a byte of it is kept', async () => {
    const { open } = await run();
    const client = await open();
    client.send({ opcode: OPCODES.binary, claimedLength: 2 ** 40, lengthBytes: 8 });
    expect(await client.closeCode()).toBe(1009);
  });

  it('fragments that add up to more than 64 KB close with 1009', async () => {
    const { open } = await run();
    const client = await open();
    client.send({ opcode: OPCODES.text, payload: 'x'.repeat(40_000), isFinal: false });
    client.send({ opcode: OPCODES.continuation, payload: 'x'.repeat(40_000) });
    expect(await client.closeCode()).toBe(1009);
  });

  it('too many fragments close with 1008', async () => {
    const { open } = await run();
    const client = await open();
    client.send({ opcode: OPCODES.text, isFinal: false });
    for (let index = 0; index < 64; index += 1) {
      client.send({ opcode: OPCODES.continuation, isFinal: false });
    }
    expect(await client.closeCode()).toBe(1008);
  });

  it('invalid UTF-8 closes with 1007', async () => {
    const { open } = await run();
    const client = await open();
    client.send({ opcode: OPCODES.text, payload: Buffer.from([0xc3, 0x28]) });
    expect(await client.closeCode()).toBe(1007);
  });

  it('an unmasked frame closes with 1002', async () => {
    const { open } = await run();
    const client = await open();
    client.send({ opcode: OPCODES.text, payload: 'x', isMasked: false });
    expect(await client.closeCode()).toBe(1002);
  });

  it('a flood of pings from a peer that reads is answered', async () => {
    const { open } = await run();
    const client = await open();
    for (let index = 0; index < 50; index += 1) client.send({ opcode: OPCODES.ping });
    client.sendText('done');
    let pongs = 0;
    let frame = await client.frame();
    while (frame?.opcode === OPCODES.pong) {
      pongs += 1;
      frame = await client.frame();
    }
    expect(frame?.payload.toString()).toBe('done');
    expect(pongs).toBe(50);
  });

  it('a flood of pings from a peer that does not read is cut off', async () => {
    const { echo, open } = await run();
    const client = await open();
    client.socket.pause();
    const pings = Buffer.alloc(131 * 500);
    for (let at = 0; at < pings.length; at += 131) {
      pings[at] = 0x89;
      pings[at + 1] = 0x80 | 125;
    }
    const flood = () => {
      while (!client.socket.destroyed && client.socket.write(pings));
    };
    client.socket.on('drain', flood);
    flood();
    expect(await echo.last.closed).toBe(1006);
    client.destroy();
  });

  it('an endpoint that throws loses its connection, not the process', async () => {
    const { echo, open } = await run();
    echo.handleText = () => {
      throw new Error('a bug');
    };
    const client = await open();
    client.sendText('x');
    expect(await client.closeCode()).toBe(3004);
    echo.handleText = (socket) => void socket.send([frameText('fine')]);
    const other = await open();
    other.sendText('x');
    expect(await other.text()).toBe('fine');
  });

  it('traffic is counted', async () => {
    const { open, counted } = await run();
    const client = await open();
    client.sendText('12345');
    await client.text();
    client.sendText('1');
    await client.text();
    while (counted.get('ws_frames_received_total') !== 2) await setImmediate();
    expect(counted.get('ws_bytes_received_total')).toBe(6);
  });
});

describe('sending', () => {
  it('several chunks arrive in order, small or large', async () => {
    const { echo, open } = await run();
    const client = await open();
    const texts = ['a', 'b'.repeat(30_000), 'c'];
    expect(echo.last.socket.send(texts.map((text) => frameText(text)))).toBe('sent');
    expect(echo.last.socket.send([frameText('d'), frameText('e')])).toBe('sent');
    expect(echo.last.socket.send([])).toBe('sent');
    for (const text of [...texts, 'd', 'e']) expect(await client.text()).toBe(text);
  });

  it('a socket that does not keep up answers full, and drains once', async () => {
    const { echo, open } = await run();
    const client = await open();
    client.socket.pause();
    const chunk = frameText('x'.repeat(60_000));
    let sent = 0;
    let fulls = 0;
    while (fulls < 50) {
      if (echo.last.socket.send([chunk]) === 'full') fulls += 1;
      sent += 1;
    }
    expect(echo.last.drains).toBe(0);
    client.socket.resume();
    for (let index = 0; index < sent; index += 1) expect(await client.text()).toHaveLength(60_000);
    client.sendText('ping');
    expect(await client.text()).toBe('ping');
    expect(echo.last.drains).toBe(1);
  });

  it('after the end it answers closed', async () => {
    const { echo, open } = await run();
    const client = await open();
    const { socket, closed } = echo.last;
    client.destroy();
    expect(await closed).toBe(1006);
    expect(socket.send([frameText('x')])).toBe('closed');
    socket.close({ code: 3000, reason: 'x' });
    socket.terminate();
  });
});

describe('closing', () => {
  it('by the client is answered with its code', async () => {
    const { echo, open } = await run();
    const client = await open();
    client.send({ opcode: OPCODES.close, payload: Buffer.from([0x03, 0xe8]) });
    expect(await client.closeCode()).toBe(1000);
    expect(await echo.last.closed).toBe(1000);
    await client.ended();
  });

  it('by the server carries code and reason, and what was sent before arrives before', async () => {
    const { echo, open } = await run();
    const client = await open();
    echo.last.socket.send([frameText('last words')]);
    echo.last.socket.close({ code: 3500, reason: 'invalid token' });
    expect(echo.last.socket.send([frameText('too late')])).toBe('closed');
    expect(await client.text()).toBe('last words');
    expect(await client.closeFrame()).toEqual({ code: 3500, reason: 'invalid token' });
  });

  it('a reason that is too long is clipped, not thrown', async () => {
    const { echo, open } = await run();
    const client = await open();
    echo.last.socket.close({ code: 3000, reason: '鐘'.repeat(60) });
    const { reason } = await client.closeFrame();
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(reason.startsWith('鐘'.repeat(40))).toBe(true);
  });

  it('a peer that does not answer is cut after the deadline', async () => {
    const { echo, open } = await run({ limits: { closeTimeoutMs: 50 } });
    const client = await open();
    echo.last.socket.close({ code: 3000, reason: 'x' });
    expect(await client.closeCode()).toBe(3000);
    await client.ended();
    expect(await echo.last.closed).toBe(1006);
  });

  it('what the peer says after our close frame is not heard', async () => {
    const { echo, open } = await run();
    const heard: string[] = [];
    echo.handleText = (_socket, text) => void heard.push(text);
    const client = await open();
    echo.last.socket.close({ code: 3000, reason: 'x' });
    client.sendText('late');
    client.send({ opcode: OPCODES.close, payload: Buffer.from([0x0b, 0xb8]) });
    await echo.last.closed;
    expect(heard).toEqual([]);
  });

  it('of the transport tells everybody 1001, refuses new ones and waits for the last', async () => {
    const { port, transport, open } = await run({ limits: { closeTimeoutMs: 100 } });
    const polite = await open();
    const deaf = await open();
    expect(transport.connections).toBe(2);
    const closed = transport.close();
    expect(await statusOf(port, '/echo')).toBe(503);
    expect(await polite.closeCode()).toBe(1001);
    polite.send({ opcode: OPCODES.close, payload: Buffer.from([0x03, 0xe9]) });
    expect(await deaf.closeCode()).toBe(1001);
    await closed;
    expect(transport.connections).toBe(0);
  });
});
