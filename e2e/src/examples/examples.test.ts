/** The examples are run as their readers would run them. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@carillon/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

const ROOT = join(import.meta.dirname, '..', '..', '..');

function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, exited, output: () => output };
}

function untilPrinted(process: ReturnType<typeof run>, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = pattern.exec(process.output())?.[1];
      if (found !== undefined) resolve(found);
    };
    process.child.stdout.on('data', look);
    void process.exited.then((code) =>
      reject(new Error(`ended with ${code}: ${process.output()}`)),
    );
  });
}

/** The next frame of the given type. */
function nextFrame(socket: WebSocket, type: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const frame: Record<string, unknown> = JSON.parse(data.toString());
      if (frame['type'] === type) resolve(frame);
    });
  });
}

describe('examples/python-backend', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('notifies, reports progress and chats with the standard library alone', async () => {
    const socket = new WebSocket(
      `${server.wsUrl}/api/ws/notifications?token=${await server.token('alice')}`,
    );
    const notified = nextFrame(socket, 'notification');
    await nextFrame(socket, 'connected');
    const python = run('python3', [
      'examples/python-backend/notify.py',
      '--url',
      server.url,
      '--key',
      server.apiKey,
      '--pause',
      '0',
    ]);
    expect(await python.exited, python.output()).toBe(0);
    expect(python.output()).toContain('notified 1 user(s); message 1 sent');
    expect(await notified).toMatchObject({ data: { title: 'Your report is ready' } });
    socket.close();
  });
});

describe('npm run example:python', () => {
  it('starts a server and the backend, and ends them together', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'carillon-example-'));
    const example = run(process.execPath, ['scripts/example-python.mjs'], {
      CARILLON_PORT: '0',
      DATA_DIR: dataDir,
    });
    const url = await untilPrinted(example, /ready: open (http:\/\/[^/]+)/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    example.child.kill('SIGTERM');
    await example.exited;
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);
});

describe('examples/node-http', () => {
  it("serves its own paths and Carillon's on one port", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'carillon-example-'));
    const shop = run(
      process.execPath,
      ['--conditions=@carillon/source', 'examples/node-http/server.ts'],
      { PORT: '0', DATA_DIR: dataDir },
    );
    const url = await untilPrinted(shop, /open at (http:\/\/[^/]+)/);
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/alice`);
    const notified = nextFrame(socket, 'notification');
    await new Promise((resolve) => socket.once('open', resolve));
    expect((await fetch(`${url}/checkout?user=alice`)).status).toBe(201);
    expect(await notified).toMatchObject({ data: { title: 'Order received' } });
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    socket.close();
    shop.child.kill('SIGTERM');
    expect(await shop.exited).toBe(0);
  });
});
