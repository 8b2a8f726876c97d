/** Starts that cannot work end soon, with everything that is wrong and what to do about it. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_SECRET } from '@carillon/testkit';
import { expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';

/** A port that was free a moment ago: nobody listens. */
async function deadPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

test('a split kind without shared state names every setting that is missing', async () => {
  const { code, stderr } = await runCli(['serve'], { SERVICE_ROLE: 'websocket', PORT: '0' });
  expect(code).toBe(1);
  expect(stderr).toContain('the configuration has 3 problem(s)');
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET']) {
    expect(stderr).toContain(`- ${name}: SERVICE_ROLE=websocket shares its state`);
  }
});

test('an unknown kind is refused with the known ones', async () => {
  const { stderr } = await runCli(['check-config'], { API_TYPE: 'rest' });
  expect(stderr).toContain(
    'API_TYPE: "rest" is not a known application kind; use one of combined, http, websocket, worker',
  );
});

test('TLS files that cannot be used stop the start with the rest', async () => {
  const missing = join(tmpdir(), 'carillon-no-such-file.pem');
  const { code, stderr } = await runCli(['serve'], {
    PORT: '0',
    TLS_CERT_PATH: missing,
    TLS_KEY_PATH: missing,
    LOG_LEVEL: 'loud',
  });
  expect(code).toBe(1);
  expect(stderr).toContain('the configuration has 2 problem(s)');
  expect(stderr).toContain('TLS_CERT_PATH: cannot be read');
});

test.concurrent('database and engine that are away are named together in bounded time', async ({
  expect,
}) => {
  const [redis, postgres] = [await deadPort(), await deadPort()];
  const { code, stderr } = await runCli(['serve'], {
    API_TYPE: 'http',
    PORT: '0',
    JWT_SECRET: TEST_SECRET,
    REDIS_URL: `redis://:hunter2@127.0.0.1:${redis}`,
    DATABASE_URL: `postgresql+psycopg://carillon:hunter2@127.0.0.1:${postgres}/carillon`,
  });
  expect(code).toBe(1);
  expect(stderr).toContain('the configuration has 2 problem(s)');
  expect(stderr).toMatch(new RegExp(`- REDIS_URL: .*127.0.0.1:${redis}.*ECONNREFUSED.*; start it`));
  expect(stderr).toMatch(new RegExp(`- DATABASE_URL: .*127.0.0.1:${postgres}.*ECONNREFUSED`));
  expect(stderr).not.toContain('hunter2');
}, 20_000);

test.concurrent('a NATS that is away is named too', async ({ expect }) => {
  const port = await deadPort();
  const { code, stderr } = await runCli(['serve'], {
    PORT: '0',
    NATS_URL: `nats://carillon:hunter2@127.0.0.1:${port}`,
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`- NATS_URL: .*127.0.0.1:${port}.*; start it`));
  expect(stderr).not.toContain('hunter2');
}, 20_000);
