/** TRUST_PROXY: the same client address for HTTP and WebSocket, and only what the proxy itself added. */
import { type RunningServer, startServer } from '@carillon/testkit';
import { afterEach, expect, test } from 'vitest';
import { PlainClient } from '../plain/plain-client.ts';

let server: RunningServer | undefined;

afterEach(async () => {
  await server?.stop();
});

/** One request and one handshake of an address a minute; loopback counts in production. */
const start = (trustProxy: boolean): Promise<RunningServer> =>
  startServer({
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      ALLOW_ANONYMOUS: 'true',
      TRUST_PROXY: String(trustProxy),
      HTTP_RATE: '1/1m',
      CONNECT_RATE_PER_ADDRESS: '1/1m',
    },
  });

const statusFor = async ({ url }: RunningServer, forwardedFor: string): Promise<number> => {
  const headers = { 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': 'https' };
  return (await fetch(`${url}/api/v1/client-settings`, { headers })).status;
};

async function handshakeFor({ wsUrl }: RunningServer, forwardedFor: string): Promise<string> {
  const headers = { 'x-forwarded-for': forwardedFor };
  try {
    const client = await PlainClient.open(`${wsUrl}/ws`, { headers });
    await client.close();
    return 'open';
  } catch (error) {
    return String(error);
  }
}

test('behind a trusted proxy the last address it added decides, not what the client claimed', async () => {
  server = await start(true);
  expect(await statusFor(server, '203.0.113.1')).toBe(200);
  expect(await statusFor(server, '198.51.100.9, 203.0.113.1')).toBe(429);
  expect(await statusFor(server, '203.0.113.1, 203.0.113.2')).toBe(200);
  expect(await handshakeFor(server, '203.0.113.1')).toBe('open');
  expect(await handshakeFor(server, '198.51.100.9, 203.0.113.1')).toContain('429');
  expect(await handshakeFor(server, '203.0.113.1, 203.0.113.2')).toBe('open');
});

test('without one the header says nothing', async () => {
  server = await start(false);
  expect(await statusFor(server, '203.0.113.1')).toBe(200);
  expect(await statusFor(server, '203.0.113.2')).toBe(429);
  expect(await handshakeFor(server, '203.0.113.1')).toBe('open');
  expect(await handshakeFor(server, '203.0.113.2')).toContain('429');
});
