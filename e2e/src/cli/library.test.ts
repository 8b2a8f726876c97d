/** The server as a library: inside somebody's program, and as an application of their own kind. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, createApplication, createCarillon } from '@carillon/server';
import { signToken, TEST_API_KEY, TEST_SECRET } from '@carillon/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { temporaryFolder } from './run-cli.ts';

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function mounted(host: string) {
  const carillon = await createCarillon({
    env: { JWT_SECRET: TEST_SECRET, API_KEY: TEST_API_KEY, LOG_LEVEL: 'silent' },
    dataDir: await temporaryFolder(),
  });
  const server = createServer((_request, response) => response.end('mine'));
  carillon.attach(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  cleanups.push(() => void server.close());
  cleanups.push(() => carillon.close());
  const { port } = server.address() as AddressInfo;
  return { carillon, url: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}` };
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

const closeOf = (url: string): Promise<Closed> =>
  new Promise((resolve) => {
    new WebSocket(url).on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });

describe('createCarillon', () => {
  it("takes its own paths only: the program's pages stay the program's", async () => {
    const { url } = await mounted('127.0.0.1');
    expect(await (await fetch(`${url}/`)).text()).toBe('mine');
    expect(await (await fetch(`${url}/chat`)).text()).toBe('mine');
    expect((await fetch(`${url}/ready`)).status).toBe(200);
  });

  it('notifies, reports progress and broadcasts as functions', async () => {
    const { carillon, wsUrl } = await mounted('127.0.0.1');
    const token = await signToken({ sub: 'alice' });
    const socket = new WebSocket(`${wsUrl}/api/ws/notifications?token=${token}`);
    const frames: { type: string }[] = [];
    const connected = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        frames.push(JSON.parse(data.toString()));
        if (frames.length === 1) resolve();
      });
    });
    await connected;
    const second = new Promise<void>((resolve) => socket.once('message', () => resolve()));
    expect(await carillon.notify(['alice'], { title: 'Hello' })).toMatchObject({
      ok: true,
      value: { accepted: 1 },
    });
    await second;
    expect(frames.map(({ type }) => type)).toEqual(['connected', 'notification']);
    expect(await carillon.broadcasting.getUserDeviceInfo('alice')).toHaveLength(1);
    expect(await carillon.tasks.start({ id: 't1', owner: 'alice' })).toMatchObject({ ok: true });
    expect(await carillon.tasks.complete('t1', {})).toMatchObject({
      value: { status: 'completed' },
    });
    expect(await carillon.publish('nobody:knows', {})).toMatchObject({
      ok: false,
      error: 'unknown_channel',
    });
  });

  it('closes anonymous access when the program opens its server to the network', async () => {
    const local = await mounted('127.0.0.1');
    const open = new WebSocket(`${local.wsUrl}/ws/chat/ann`);
    await new Promise((resolve) => open.once('open', resolve));
    open.close();
    const exposed = await mounted('0.0.0.0');
    expect(await closeOf(`${exposed.wsUrl}/ws/chat/ann`)).toEqual({
      code: 1008,
      reason: 'Unauthorized',
    });
  });

  it('throws all configuration problems at once', async () => {
    await expect(
      createCarillon({ env: {}, port: 'x', namespaces: [{ name: 'a', sing: true }] }),
    ).rejects.toThrow(/2 problem/);
  });
});

describe('createApplication', () => {
  const env = { LOG_LEVEL: 'silent', SERVICE_ROLE: 'choir' };

  it('starts the registered kind that SERVICE_ROLE names', async () => {
    const application = await createApplication({
      env,
      kinds: {
        choir: async () => ({
          listen: async () => ({ port: 1, url: 'choir://sings' }),
          attach: () => {},
          close: async () => {},
        }),
      },
    });
    expect((await application.listen()).url).toBe('choir://sings');
  });

  it('refuses an unknown kind and lists the known ones', async () => {
    const error: unknown = await createApplication({ env, kinds: {} }).catch((reason) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(
      '"choir" is not a known application kind; use one of combined, http, websocket, worker',
    );
  });
});
