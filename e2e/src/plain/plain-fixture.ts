/** One server for a test file, and clients that are gone when the test is. */
import { startServer, type RunningServer, type ServerOptions } from '@carillon/testkit';
import type { ClientOptions } from 'ws';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { PlainClient } from './plain-client.ts';

/** `sub` adds a token of that user. */
export type ConnectOptions = ClientOptions & { readonly sub?: string };

export interface PlainFixture {
  readonly server: RunningServer;
  /** `path` with its query. */
  connect(path: string, options?: ConnectOptions): Promise<PlainClient>;
  /** A backend's call with the API key; resolves with the JSON answer. */
  post(path: string, body: object): Promise<Readonly<Record<string, unknown>>>;
}

/** Servers of other test files may start at the same time. */
const HOOK_TIMEOUT_MS = 30_000;

export const usePlainServer = (options: ServerOptions = {}): PlainFixture => {
  let running: RunningServer | undefined;
  const clients: PlainClient[] = [];
  const server = (): RunningServer => {
    if (running === undefined) throw new Error('the server is not running');
    return running;
  };
  beforeAll(async () => {
    running = await startServer(options);
  }, HOOK_TIMEOUT_MS);
  afterEach(() => {
    for (const client of clients.splice(0)) client.terminate();
  });
  afterAll(async () => {
    await running?.stop();
  }, HOOK_TIMEOUT_MS);
  return {
    get server() {
      return server();
    },
    async connect(path, { sub, ...rest } = {}) {
      const url = new URL(path, server().wsUrl);
      if (sub !== undefined) url.searchParams.set('token', await server().token(sub));
      const client = await PlainClient.open(url.href, rest);
      clients.push(client);
      return client;
    },
    async post(path, body) {
      const response = await fetch(new URL(path, server().url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': server().apiKey },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return JSON.parse(text) as Readonly<Record<string, unknown>>;
    },
  };
};

/** Connects to a chat and waits until the room answers: whoever comes after is seen arriving. */
export const enterChat =
  (fixture: PlainFixture) =>
  async (path: string, options: ConnectOptions = {}): Promise<PlainClient> => {
    const client = await fixture.connect(path, options);
    client.send({ type: 'status' });
    await client.nextOf('status');
    return client;
  };
