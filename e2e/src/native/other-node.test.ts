/** What clients of streams say lands on another node than their stream: processes on Redis and NATS, and threads. */
import type { RunningServer } from '@carillon/testkit';
import { Centrifuge } from 'centrifuge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNats } from '../../../packages/testkit/src/servers/nats-server.ts';
import { startRedis } from '../../../packages/testkit/src/servers/redis-server.ts';
import { Collected, oneByOne, startNativeServer, subscribed } from './native-server.ts';
import { handleOf, say, StreamClient } from './stream-client.ts';

interface Installation {
  /** Where streams are, and where else requests go: the same port where threads share it. */
  readonly servers: readonly [RunningServer, RunningServer];
  stop(): Promise<void>;
}

type Engine = { readonly url: string; stop(): Promise<void> };

const onEngine = async (setting: string, start: () => Promise<Engine>): Promise<Installation> => {
  const engine = await start();
  const env = { [setting]: engine.url, DRAIN_TIMEOUT: '1s' };
  const servers = await Promise.all([startNativeServer(env), startNativeServer(env)]);
  return {
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await engine.stop();
    },
  };
};

const onThreads = async (): Promise<Installation> => {
  const server = await startNativeServer({ WORKERS: '2' });
  return { servers: [server, server], stop: () => server.stop() };
};

const connectTo = async ({ url, token }: RunningServer, user: string) => {
  const body = JSON.stringify({ id: 1, connect: { token: await token(user) } });
  const client = await StreamClient.open(`${url}/connection/http_stream`, {
    method: 'POST',
    body,
    headers: { connection: 'close' },
  });
  return { client, handle: handleOf(await client.next()) };
};

/** What holds wherever a request lands. */
const scenarios = (serversOf: () => Installation['servers']): void => {
  let here: RunningServer;
  let there: RunningServer;
  beforeAll(() => {
    [here, there] = serversOf();
  });

  it('commands reach the stream from wherever they land, in the order of who waits', async () => {
    const { client, handle } = await connectTo(here, 'alice');
    const channel = 'news:elsewhere';
    expect(await say(there.url, handle, { id: 2, subscribe: { channel } })).toBe(204);
    expect(await client.next()).toMatchObject({ id: 2, subscribe: {} });
    for (let number = 1; number <= 20; number += 1) {
      const { url } = number % 2 === 0 ? here : there;
      const command = { id: number + 2, publish: { channel, data: number } };
      expect(await say(url, handle, command)).toBe(204);
    }
    const seen: unknown[] = [];
    while (seen.length < 20) {
      const push = (await client.next())?.['push'] as { pub?: { data: unknown } } | undefined;
      if (push?.pub !== undefined) seen.push(push.pub.data);
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    client.close();
  });

  it('streams on any node are found by requests to any node, each its own', async () => {
    const streams = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        connectTo(index % 2 === 0 ? here : there, `user-${index}`),
      ),
    );
    for (const url of [here.url, there.url]) {
      const statuses = await Promise.all(
        streams.map(({ handle }, index) => say(url, handle, { id: 100 + index, ping: {} })),
      );
      expect(statuses).toEqual(streams.map(() => 204));
      for (const [index, { client }] of streams.entries()) {
        expect(await client.next()).toEqual({ id: 100 + index, ping: {} });
      }
    }
    for (const { client } of streams) client.close();
  });

  it('a session or node that is not there is 404, at once', async () => {
    const { client, handle } = await connectTo(here, 'bob');
    const started = performance.now();
    const session = `${handle.session.slice(0, -2)}__`;
    expect(await say(there.url, { ...handle, session }, { id: 2, ping: {} })).toBe(404);
    expect(await say(there.url, { ...handle, node: 'gone' }, { id: 2, ping: {} })).toBe(404);
    expect(performance.now() - started).toBeLessThan(4_000);
    client.close();
  });
};

const useInstallation = (start: () => Promise<Installation>): (() => Installation['servers']) => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await start();
  }, 30_000);
  afterAll(() => installation.stop());
  return () => installation.servers;
};

describe('processes on NATS', () => {
  scenarios(useInstallation(() => onEngine('NATS_URL', startNats)));
});

describe('threads of one process', () => {
  scenarios(useInstallation(onThreads));
});

describe('processes on Redis', () => {
  const serversOf = useInstallation(() => onEngine('REDIS_URL', startRedis));
  scenarios(serversOf);

  it('the centrifuge package speaks to another node than it hears', async () => {
    const [here, there] = serversOf();
    const client = new Centrifuge(
      [{ transport: 'http_stream', endpoint: `${here.url}/connection/http_stream` }],
      {
        token: await here.token('carol'),
        emulationEndpoint: `${there.url}/emulation`,
        fetch: oneByOne(),
        readableStream: ReadableStream,
      },
    );
    client.connect();
    await client.ready(10_000);
    const subscription = await subscribed(client, 'news:sdk');
    const collected = new Collected(subscription);
    for (let number = 1; number <= 5; number += 1) await subscription.publish(number);
    expect(await collected.atLeast(5)).toEqual([1, 2, 3, 4, 5]);
    expect((await client.rpc('inbox.counts', {})).data).toMatchObject({ unread: 0 });
    client.disconnect();
  });

  it('a node that was killed is 404 for what is still said to it, at once', async () => {
    const [here, there] = serversOf();
    const { client, handle } = await connectTo(here, 'dora');
    expect(await say(there.url, handle, { id: 2, ping: {} })).toBe(204);
    await here.kill('SIGKILL');
    client.close();
    const started = performance.now();
    expect(await say(there.url, handle, { id: 3, ping: {} })).toBe(404);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
