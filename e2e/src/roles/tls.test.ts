/** TLS in the process (D3): https and wss on one port, and a certificate that is renewed while it runs. */
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { startServer, type RunningServer } from '@carillon/testkit';
import { Centrifuge } from 'centrifuge';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { selfSigned } from '../../../packages/testkit/src/self-signed.ts';
import { PlainClient } from '../plain/plain-client.ts';
import { certificateFiles, type CertificateFiles, shownName } from './certificate-files.ts';

let files: CertificateFiles;
let server: RunningServer;
let certificate = selfSigned('first');

function get(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${server.url}${path}`, { ca: certificate.cert }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

beforeAll(async () => {
  files = await certificateFiles(certificate);
  server = await startServer({ env: files.env });
}, 30_000);

afterAll(async () => {
  await server.stop();
  await files.remove();
});

test('https and wss share the port, for plain and native clients', async () => {
  expect(server.url).toMatch(/^https:/);
  expect(await get('/health')).toMatchObject({ status: 200 });
  const { cert: ca } = certificate;
  const plain = await PlainClient.open(`${server.wsUrl}/ws`, { ca });
  plain.send('over TLS');
  expect(await plain.next()).toBe('Echo: over TLS');
  const large = 'x'.repeat(60_000);
  plain.send(large);
  expect(await plain.next()).toBe(`Echo: ${large}`);
  await plain.close();

  class TrustingWebSocket extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols, { ca });
    }
  }
  const client = new Centrifuge(`${server.wsUrl}/connection/websocket`, {
    websocket: TrustingWebSocket,
    token: await server.token('alice'),
  });
  client.connect();
  await client.ready(5_000);
  client.disconnect();
});

test('a plain http request gets no answer that could be mistaken for one', async () => {
  await expect(fetch(server.url.replace('https', 'http'))).rejects.toThrow();
});

test('SIGHUP takes a renewed certificate; connections that are open stay', async () => {
  const before = await PlainClient.open(`${server.wsUrl}/ws`, { ca: certificate.cert });
  expect(await shownName(server.port)).toBe('first');
  certificate = selfSigned('second');
  await files.install(certificate);
  process.kill(server.pid, 'SIGHUP');
  await vi.waitFor(async () => expect(await shownName(server.port)).toBe('second'), 5_000);
  before.send('still here');
  expect(await before.next()).toBe('Echo: still here');
  await before.close();
});

test('a certificate that cannot be used is logged, and the one before stays', async () => {
  await writeFile(files.env.TLS_KEY_PATH, selfSigned('stranger').key);
  process.kill(server.pid, 'SIGHUP');
  await vi.waitFor(() => expect(server.output()).toContain('is not the key of the certificate'));
  expect(await shownName(server.port)).toBe('second');
  expect(await get('/health')).toMatchObject({ status: 200 });
});

test('changed files are noticed without a signal', async () => {
  certificate = selfSigned('third');
  await files.install(certificate);
  await vi.waitFor(async () => expect(await shownName(server.port)).toBe('third'), 8_000);
  expect(server.output()).toContain('certificate renewed');
});
