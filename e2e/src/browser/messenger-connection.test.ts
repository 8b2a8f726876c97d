import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, visit } from './chromium.ts';
import { createGroup, message, say, sayAs, signIn } from './messenger-steps.ts';
import { startRefusingProxy } from './refusing-proxy.ts';

let browser: Browser;
let server: RunningServer;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

describe('where WebSocket is refused', () => {
  test.each([
    { refuses: [], transport: 'over http stream' },
    { refuses: ['/connection/http_stream'], transport: 'over sse' },
  ])('people talk $transport', async ({ refuses, transport }) => {
    const proxy = await startRefusingProxy(server.url, refuses);
    try {
      const id = await createGroup(server, `Office ${transport}`, ['Gil', 'Hana']);
      const behind = { ...server, url: proxy.url };
      const { page } = await signIn(browser, behind, { user: 'Gil', at: id });
      await page.locator(`.state-mark[title*="${transport}"]`).waitFor();
      expect([...proxy.refused]).toContain('/connection/websocket');
      await say(page, 'through the wall');
      await sayAs(server, id, { sender: 'Hana', content: 'and back' });
      await message(page, 'and back').waitFor();
      await page.context().close();
    } finally {
      await proxy.stop();
    }
  });
});

test('a token that runs out is renewed on the same connection, and nobody notices', async () => {
  const id = await createGroup(server, 'Long day', ['Kim', 'Lou']);
  const { page } = await visit(browser, 'about:blank');
  let issued = 0;
  let sockets = 0;
  page.on('websocket', () => (sockets += 1));
  await page.route('**/api/demo/login', async (route) => {
    issued += 1;
    await route.fulfill({ json: { user: 'Kim', token: await server.token('Kim', {}, '3s') } });
  });
  await page.goto(`${server.url}/?user=Kim#c/${id}`);
  await page.locator('.state-mark .dot.good').waitFor();
  await page.evaluate(() => {
    const mark = document.querySelector('.state-mark');
    new MutationObserver(() => (document.body.dataset['blinked'] = 'yes')).observe(
      mark ?? document.body,
      { subtree: true, childList: true, characterData: true, attributes: true },
    );
  });
  await expect.poll(() => issued, { timeout: 12_000 }).toBeGreaterThanOrEqual(3);
  await say(page, 'still here');
  expect(sockets).toBe(1);
  expect(await page.evaluate(() => document.body.dataset['blinked'])).toBeUndefined();
  await page.context().close();
}, 20_000);
