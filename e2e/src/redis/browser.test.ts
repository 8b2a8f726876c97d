/** What any program can do with nothing but Redis, seen by a person in a browser. */
import { type RunningServer, startServer } from '@carillon/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type RedisServer,
  startRedis,
} from '../../../packages/testkit/src/servers/redis-server.ts';
import { launchChromium, visit } from '../browser/chromium.ts';

let redis: RedisServer;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  redis = await startRedis();
  const starting = startServer({ env: { REDIS_URL: redis.url } });
  [server, browser] = await Promise.all([starting, launchChromium()]);
}, 30_000);

afterAll(async () => {
  await browser.close();
  await server.stop();
  await redis.stop();
});

test("PUBLISH notifications:alice shows in alice's browser, and ws:online_users knows her", async () => {
  const { page, faults } = await visit(browser, `${server.url}/?user=alice`);
  await page.locator('.state-mark .dot.good').waitFor();
  await page.getByRole('button', { name: 'Notifications, 0 unread' }).waitFor();
  await expect.poll(() => redis.command('SMEMBERS', 'ws:online_users')).toBe('alice');

  await redis.command('PUBLISH', 'notifications:alice', '{"title":"Sent by redis-cli"}');
  await page.getByRole('button', { name: 'Notifications, 1 unread' }).click();
  const panel = page.getByRole('dialog', { name: 'Notifications' });
  await panel.getByText('Sent by redis-cli').waitFor();
  expect(faults).toEqual([]);

  await page.close();
  await expect.poll(() => redis.command('SMEMBERS', 'ws:online_users')).toBe('');
});
