/** The connect command within the WebSocket handshake. */
import { RawWebSocket, type RunningServer } from '@carillon/testkit';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNativeServer } from './native-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startNativeServer({ ALLOW_ANONYMOUS: 'false' });
});
afterAll(() => server.stop());

const carrying = (frame: string): string[] => [
  'carillon.v1',
  `carillon.connect.${Buffer.from(frame).toString('base64url')}`,
];

const connectFrame = async (token: Promise<string> | string): Promise<string> =>
  JSON.stringify({ id: 1, connect: { token: await token } });

const dial = async (frame: string): Promise<RawWebSocket> =>
  RawWebSocket.open(server.port, '/connection/websocket', {
    headers: { 'Sec-WebSocket-Protocol': carrying(frame).join(', ') },
  });

const errorOf = (text: string): unknown =>
  (JSON.parse(text) as { error?: { code: number } }).error?.code;

describe('quick connect', () => {
  it('is answered in one piece with the handshake', async () => {
    const frame = await connectFrame(server.token('alice'));
    const socket = connect(server.port, '127.0.0.1');
    const pieces: string[] = [];
    socket.on('data', (bytes) => pieces.push(bytes.toString('latin1')));
    socket.write(
      [
        'GET /connection/websocket HTTP/1.1',
        'Host: localhost',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        `Sec-WebSocket-Protocol: ${carrying(frame).join(', ')}`,
        '\r\n',
      ].join('\r\n'),
    );
    await once(socket, 'data');
    expect(pieces).toEqual([
      expect.stringMatching(/^HTTP\/1.1 101 [^]*"connect":\{"client":[^]*"user:alice"/),
    ]);
    socket.destroy();
  });

  it('works with the WebSocket of browsers, and goes on as any connection', async () => {
    const socket = new WebSocket(
      `${server.wsUrl}/connection/websocket`,
      carrying(await connectFrame(server.token('alice'))),
    );
    const [reply] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(reply.toString())).toMatchObject({ id: 1, connect: { pong: true } });
    expect(socket.protocol).toBe('carillon.v1');
    socket.send('{"id":2,"rpc":{"method":"inbox.counts","data":{}}}');
    const [counts] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(counts.toString())).toMatchObject({ id: 2, rpc: {} });
    socket.close();
    await once(socket, 'close');
  });

  it('fails as a connect command does', async () => {
    const forged = await dial(await connectFrame('forged'));
    expect(await forged.closeFrame()).toEqual({ code: 3500, reason: 'invalid token' });
    const late = await dial(await connectFrame(server.token('alice', {}, '-1m')));
    expect(errorOf(await late.text())).toBe(109);
    const early = await dial('{"id":1,"subscribe":{"channel":"news:1"}}');
    expect(await early.closeCode()).toBe(3501);
    const nonsense = await dial('nonsense');
    expect(errorOf(await nonsense.text())).toBe(400);
    const second = await dial(await connectFrame(server.token('alice')));
    await second.text();
    second.sendText(await connectFrame(server.token('alice')));
    expect(await second.closeCode()).toBe(3501);
    for (const raw of [late, nonsense]) raw.destroy();
  });

  it('leaves no token in the log', async () => {
    const token = await server.token('canary-quick');
    (await dial(await connectFrame(token))).destroy();
    const frame = carrying(await connectFrame(token))[1] ?? '';
    for (const secret of [token.split('.')[2] ?? '', frame.slice(20, 80)]) {
      expect(server.output()).not.toContain(secret);
    }
  });
});
