/** RFC 6455, case by case, against the running server's echo. Each case has a connection of its own. */
import {
  OPCODES,
  RawWebSocket,
  type RunningServer,
  clientFrame,
  handshakeText,
  startServer,
} from '@carillon/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Expected, observed } from './conformance-case.ts';
import { FRAME_CASES } from './frame-cases.ts';
import { TEXT_AND_CLOSE_CASES } from './text-and-close-cases.ts';

const PATH = '/ws';
let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const onTheWire = (expected: Expected): object =>
  'echo' in expected ? { text: `Echo: ${expected.echo}` } : expected;

describe('frames', () => {
  const cases = [...FRAME_CASES, ...TEXT_AND_CLOSE_CASES];

  it.each(cases.map((one) => [one.section, one.rule, one] as const))('§%s %s', async (...row) => {
    const { send, expected } = row[2];
    const client = await RawWebSocket.open(server.port, PATH);
    send(client);
    for (const frame of expected) expect(await observed(client)).toEqual(onTheWire(frame));
    const last = expected.at(-1);
    if (last !== undefined && 'close' in last) {
      client.socket.end();
      expect(await observed(client)).toEqual({ ended: true });
    } else {
      // The connection is still good for an ordinary exchange.
      client.sendText('still here');
      expect(await observed(client)).toEqual({ text: 'Echo: still here' });
    }
    client.destroy();
  });
});

describe('closing handshake', () => {
  it('§7.1.1 the server ends the TCP connection after both closes, without waiting for the client', async () => {
    const client = await RawWebSocket.open(server.port, PATH);
    client.send({ opcode: OPCODES.close, payload: Buffer.from([0x03, 0xe8]) });
    expect(await client.closeCode()).toBe(1000);
    await client.ended();
  });

  it('§7.1.7 the server ends the TCP connection after a failure, also when the client says nothing', async () => {
    const client = await RawWebSocket.open(server.port, PATH);
    client.send({ opcode: 15 });
    expect(await client.closeCode()).toBe(1002);
    await client.ended();
  });
});

describe('opening handshake', () => {
  const statusOf = async (
    headers: Readonly<Record<string, string | undefined>>,
    { method = 'GET', path = PATH, httpVersion = '1.1' } = {},
  ): Promise<number> => {
    const client = await RawWebSocket.connect(server.port);
    const { status } = await client.handshake(path, { headers, method, httpVersion });
    client.destroy();
    return status;
  };

  it('§4.2.2 the answer proves that the key was read', async () => {
    const client = await RawWebSocket.connect(server.port);
    const { status, headers } = await client.handshake(PATH);
    expect(status).toBe(101);
    expect(headers.get('upgrade')?.toLowerCase()).toBe('websocket');
    expect(headers.get('connection')?.toLowerCase()).toBe('upgrade');
    expect(headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    client.destroy();
  });

  it.each([
    ['Upgrade in capitals', { Upgrade: 'WebSocket' }],
    ['Connection among others', { Connection: 'keep-alive, Upgrade' }],
    ['Connection in lower case', { Connection: 'upgrade' }],
    ['an extension that is not offered', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
    ['a malformed extension', { 'Sec-WebSocket-Extensions': 'a;b;=' }],
    ['a subprotocol', { 'Sec-WebSocket-Protocol': 'chat, superchat' }],
  ])('§4.2.1 accepts %s', async (_name, headers) => {
    expect(await statusOf(headers)).toBe(101);
  });

  it.each([
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['a key that is too short', { 'Sec-WebSocket-Key': 'AAAA' }, 400],
    ['a key of 15 bytes', { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' }, 400],
    ['a key that is not base64', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }, 400],
    ['version 12', { 'Sec-WebSocket-Version': '12' }, 426],
    ['version 99', { 'Sec-WebSocket-Version': '99' }, 426],
    ['no version', { 'Sec-WebSocket-Version': undefined }, 426],
    ['another upgrade', { Upgrade: 'h2c' }, 400],
    ['another origin', { Origin: 'https://evil.example' }, 403],
    ['the origin null', { Origin: 'null' }, 403],
    ['a malformed subprotocol', { 'Sec-WebSocket-Protocol': 'a,,b' }, 400],
  ])('§4.2.1 refuses %s', async (_name, headers, status) => {
    expect(await statusOf(headers)).toBe(status);
  });

  it('§4.2.2 names the version it speaks', async () => {
    const client = await RawWebSocket.connect(server.port);
    const head = await client.handshake(PATH, { headers: { 'Sec-WebSocket-Version': '12' } });
    expect(head.headers.get('sec-websocket-version')).toBe('13');
    client.destroy();
  });

  it('§4.2.1 refuses other methods and unknown paths', async () => {
    expect(await statusOf({}, { method: 'POST' })).toBe(400);
    expect(await statusOf({}, { path: '/no/such/path' })).toBe(404);
    expect(await statusOf({}, { httpVersion: '1.0' })).toBe(400);
  });

  it('§5.2 an extension that was not agreed on may not be used', async () => {
    const client = await RawWebSocket.open(server.port, PATH, {
      headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' },
    });
    client.send({ opcode: OPCODES.text, payload: 'x', reserved: 4 });
    expect(await client.closeCode()).toBe(1002);
    client.destroy();
  });

  it('§4.1 a frame in the same packet as the handshake is not lost', async () => {
    const client = await RawWebSocket.connect(server.port);
    const frame = clientFrame({ opcode: OPCODES.text, payload: 'early' });
    client.write(Buffer.concat([Buffer.from(handshakeText('127.0.0.1', PATH)), frame]));
    expect((await client.head()).status).toBe(101);
    expect(await observed(client)).toEqual({ text: 'Echo: early' });
    client.destroy();
  });
});
