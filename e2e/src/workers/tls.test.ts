/** TLS with several threads: a renewed certificate reaches all of them, and shared frames leave encrypted. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RawData, WebSocket } from 'ws';
import { selfSigned, type SelfSigned } from '../../../packages/testkit/src/self-signed.ts';
import { startWorkers } from './two-workers.ts';

/** Enough that both threads get some, but for one run in some hundred thousand. */
const CONNECTIONS = 18;

let folder: string;
let server: RunningServer;
const first = selfSigned('first');

const pathOf = (name: string): string => join(folder, name);

async function install({ cert, key }: SelfSigned): Promise<void> {
  await writeFile(pathOf('server.crt'), cert);
  await writeFile(pathOf('server.key'), key);
}

/** The name in the certificate that a new connection is shown. */
function shownName(): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port: server.port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = connectTls(options, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const shownNames = (): Promise<string[]> =>
  Promise.all(Array.from({ length: CONNECTIONS }, shownName));

function publish(channel: string, data: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': server.apiKey };
    const options = { method: 'POST', ca: first.cert, headers };
    request(`${server.url}/api/publish`, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end(JSON.stringify({ channel, data }));
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-workers-tls-'));
  await install(first);
  server = await startWorkers({
    env: { TLS_CERT_PATH: pathOf('server.crt'), TLS_KEY_PATH: pathOf('server.key') },
  });
}, 30_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test('a large publication reaches everybody over wss, whole', async () => {
  const token = await server.token('ann');
  const sockets: WebSocket[] = [];
  const texts: Promise<string>[] = [];
  for (let count = 0; count < CONNECTIONS; count += 1) {
    const socket = new WebSocket(`${server.wsUrl}/connection/websocket`, { ca: first.cert });
    sockets.push(socket);
    await once(socket, 'open');
    socket.send(
      `{"id":1,"connect":{"token":"${token}"}}\n{"id":2,"subscribe":{"channel":"news:tls"}}`,
    );
    const { promise: pushed, resolve: push } = Promise.withResolvers<string>();
    const { promise: ready, resolve: reply } = Promise.withResolvers<void>();
    socket.on('message', (message: RawData) => {
      const text = Buffer.from(message as Buffer).toString();
      if (text.includes('"id":2')) reply();
      if (text.includes('"report"')) push(text);
    });
    texts.push(pushed);
    await ready;
  }
  const data = { type: 'report', text: `ä 😀 ${'x'.repeat(100_000)}` };
  expect(await publish('news:tls', data)).toBe(200);
  for (const text of await Promise.all(texts)) {
    expect(JSON.parse(text)).toEqual({ push: { channel: 'news:tls', pub: { data, offset: 1 } } });
  }
  for (const socket of sockets) socket.terminate();
});

test('SIGHUP takes a renewed certificate on all threads', async () => {
  expect(new Set(await shownNames())).toEqual(new Set(['first']));
  await install(selfSigned('second'));
  process.kill(server.pid, 'SIGHUP');
  await vi.waitFor(
    async () => expect(new Set(await shownNames())).toEqual(new Set(['second'])),
    10_000,
  );
});
