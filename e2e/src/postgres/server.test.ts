/** A whole server on PostgreSQL: what clients, load balancers and operators see when it goes and comes. */
import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres } from '../../../packages/testkit/src/servers/postgres-server.ts';
import type { PostgresServer } from '../../../packages/testkit/src/servers/postgres-server.ts';

let database: PostgresServer;
let url: string;
let server: RunningServer;
beforeAll(async () => {
  database = await startPostgres();
  url = await database.createDatabase();
  server = await startServer({ env: { DATABASE_URL: url } });
}, 30_000);
afterAll(async () => {
  await server.stop();
  await database.stop();
});

const notify = (title: string): Promise<Response> =>
  fetch(`${server.url}/api/v1/notifications`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-API-Key': server.apiKey },
    body: JSON.stringify({ users: ['ann'], title, content: 'c', type: 'info', dedupeKey: title }),
  });

async function inbox(): Promise<readonly string[]> {
  const headers = { Authorization: `Bearer ${await server.token('ann')}` };
  const response = await fetch(`${server.url}/api/v1/me/notifications`, { headers });
  const page = (await response.json()) as { notifications: readonly { title: string }[] };
  return page.notifications.map(({ title }) => title);
}

/** `/ready` is asked as a load balancer does, until it says so. */
async function untilReady(isReady: boolean): Promise<string> {
  for (;;) {
    const response = await fetch(`${server.url}/ready`);
    const text = await response.text();
    if ((response.status === 200) === isReady) return text;
    await pause(50);
  }
}

it('while the database is away clients get a coded answer and /ready is red; then all goes on', async () => {
  expect((await notify('before')).status).toBe(202);
  await database.halt('immediate');
  const refused = await notify('lost?');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: 420 });
  expect(await untilReady(false)).toMatch(/"store":\{"status":"failed"/);
  await database.start();
  await untilReady(true);
  expect((await notify('after')).status).toBe(202);
  expect(await inbox()).toEqual(['after', 'before']);
  expect(server.output()).toContain('the database saves again');
});

it('a second process serves the same data, at the same time', async () => {
  const other = await startServer({ env: { DATABASE_URL: url } });
  const headers = { Authorization: `Bearer ${await other.token('ann')}` };
  const response = await fetch(`${other.url}/api/v1/me/notifications`, { headers });
  expect(await response.text()).toContain('"before"');
  await other.stop();
});
