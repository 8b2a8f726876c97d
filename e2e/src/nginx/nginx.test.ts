import { type RunningServer, startServer } from '@carillon/testkit';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type NginxServer,
  startNginx,
} from '../../../packages/testkit/src/servers/nginx-server.ts';
import { handleOf, say, StreamClient } from '../native/stream-client.ts';
import { PlainClient } from '../plain/plain-client.ts';

let servers: readonly [RunningServer, RunningServer];
let nginx: NginxServer;

const start = () => startServer({ env: { TRUST_PROXY: 'true' } });
const portsOf = (list: readonly RunningServer[]) => {
  const ports = list.map(({ port }) => port);
  return { http: ports, websocket: ports };
};
const connectionsOf = async ({ url, apiKey }: RunningServer): Promise<number> => {
  const answer = await fetch(`${url}/api/ws/stats`, { headers: { 'X-API-Key': apiKey } });
  const { total_connections: total } = (await answer.json()) as { total_connections: number };
  return total;
};

async function connect(user: string): Promise<PlainClient> {
  const client = await PlainClient.open(`${nginx.wsUrl}/connection/websocket`);
  client.send({ id: 1, connect: { token: await servers[0].token(user) } });
  expect(JSON.parse(String(await client.next()))).toMatchObject({ id: 1, connect: {} });
  return client;
}

beforeAll(async () => {
  servers = await Promise.all([start(), start()]);
  nginx = await startNginx(portsOf(servers));
}, 30_000);

afterAll(async () => {
  await nginx.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

describe('deploy/nginx carries', () => {
  it('a WebSocket connection, both ways and at once', async () => {
    const client = await PlainClient.open(`${nginx.wsUrl}/ws`);
    client.send('hello');
    expect(await client.next()).toBe('Echo: hello');
    await client.close();
    expect((await client.closed).code).toBe(1005);
  });

  it('the native protocol, spread over the processes by their connections', async () => {
    const clients = await Promise.all(
      Array.from({ length: 8 }, (_, index) => connect(`user-${index}`)),
    );
    expect(await Promise.all(servers.map(connectionsOf))).toEqual([4, 4]);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('files that are larger than any other body, as they come', async () => {
    const form = new FormData();
    form.append('conversation_id', 'nowhere');
    form.append('file', new Blob([new Uint8Array(3 * 1024 * 1024)]), 'large.bin');
    const answer = await fetch(`${nginx.url}/api/v1/uploads`, {
      method: 'POST',
      headers: { 'X-API-Key': servers[0].apiKey },
      body: form,
    });
    // Carillon's own answer: nginx would have said 413, without a code.
    expect(await answer.json()).toMatchObject({ code: 402, detail: expect.any(String) });
  });

  it('server-sent events without holding them back', async () => {
    const token = await servers[0].token('alice');
    const source = new EventSource(`${nginx.url}/api/notifications/stream?token=${token}`);
    const title = new Promise<string>((resolve) => {
      source.addEventListener('notification', (event) => {
        resolve((JSON.parse(String(event.data)) as { title: string }).title);
      });
    });
    await new Promise((resolve) => source.addEventListener('open', resolve, { once: true }));
    // Both, because without Redis nobody else knows where she is connected.
    for (const { url, apiKey } of servers) {
      await fetch(`${url}/api/v1/notifications`, {
        method: 'POST',
        headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
        body: JSON.stringify({ users: ['alice'], title: 'Now', content: 'x' }),
      });
    }
    expect(await title).toBe('Now');
    source.close();
  });

  it('HTTP streaming without holding it back, and what its client says', async () => {
    const open = async (user: string): Promise<StreamClient> => {
      const token = await servers[0].token(user);
      const body = JSON.stringify({ id: 1, connect: { token } });
      return StreamClient.open(`${nginx.url}/connection/http_stream`, { method: 'POST', body });
    };
    // One on each process, so that neither has fewer connections.
    const [stream, other] = [await open('carol'), await open('dave')];
    const handle = handleOf(await stream.next());
    // Without Redis only the stream's own process knows it; requests go to one and the other in turn.
    const statuses = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push(await say(nginx.url, handle, { id: count + 2, ping: {} }));
    }
    expect(new Set(statuses)).toEqual(new Set([204, 404]));
    expect(await stream.next()).toMatchObject({ ping: {} });
    stream.close();
    other.close();
  });

  it('HTTP, with the address of who asked', async () => {
    const page = await fetch(`${nginx.url}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const token = await servers[0].token('far-away');
    const client = await PlainClient.open(`${nginx.wsUrl}/api/ws/notifications?token=${token}`, {
      localAddress: '127.0.0.7',
    });
    await client.next();
    await client.close();
    await expect
      .poll(() => servers.map((server) => server.output()).join(''))
      .toMatch(/"user":"far-away".*"remoteAddress":"127\.0\.0\.7"/u);
  });
});

describe('deploy/nginx keeps to itself', () => {
  it.each(['/metrics', '/ready', '/health'])('%s of the single processes', async (path) => {
    expect((await fetch(`${nginx.url}${path}`)).status).toBe(404);
  });

  it('tokens: the access log has paths only', async () => {
    const log = await nginx.accessLog();
    expect(log).toContain('GET /api/ws/notifications HTTP/1.1');
    expect(log).not.toContain('token=');
  });
});

describe('a process that goes away', () => {
  it('is left out: handshakes and requests go to the other one', async () => {
    const [leaving, staying] = servers;
    await leaving.kill('SIGTERM');
    for (let index = 0; index < 6; index += 1) {
      const client = await PlainClient.open(`${nginx.wsUrl}/ws`);
      client.send('x');
      expect(await client.next()).toBe('Echo: x');
      await client.close();
      expect((await fetch(`${nginx.url}/chat`)).status).toBe(200);
    }
    servers = [await start(), staying];
  }, 30_000);

  it('after a reload the new one gets connections, and the old connections live on', async () => {
    const before = await PlainClient.open(`${nginx.wsUrl}/ws`);
    await nginx.reload(portsOf([servers[0]]));
    before.send('still here');
    expect(await before.next()).toBe('Echo: still here');
    const after = await connect('newcomer');
    expect(await connectionsOf(servers[0])).toBe(1);
    await Promise.all([before.close(), after.close()]);
  });
});
