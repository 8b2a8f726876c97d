/** TLS with several threads: a renewed certificate reaches all of them, and shared frames leave encrypted. */
import { once } from 'node:events';
import { request } from 'node:https';
import type { RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RawData, WebSocket } from 'ws';
import { selfSigned } from '../../../packages/testkit/src/self-signed.ts';
import { certificateFiles, type CertificateFiles, shownName } from '../roles/certificate-files.ts';
import { startWorkers } from './two-workers.ts';

/** Enough that both threads get some, but for one run in some hundred thousand. */
const CONNECTIONS = 18;

let files: CertificateFiles;
let server: RunningServer;
const first = selfSigned('first');

const shownNames = (): Promise<string[]> =>
  Promise.all(Array.from({ length: CONNECTIONS }, () => shownName(server.port)));

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
  files = await certificateFiles(first);
  server = await startWorkers({ env: files.env });
}, 30_000);

afterAll(async () => {
  await server.stop();
  await files.remove();
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
  await files.install(selfSigned('second'));
  process.kill(server.pid, 'SIGHUP');
  await vi.waitFor(
    async () => expect(new Set(await shownNames())).toEqual(new Set(['second'])),
    10_000,
  );
});
