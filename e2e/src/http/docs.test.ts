import { startServer, type RunningServer } from '@carillon/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, visit } from '../browser/chromium.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('the API reader lists every operation, tries one out, and breaks no policy', async () => {
  const { page, faults } = await visit(browser, `${server.url}/docs`);
  const document: unknown = await (await fetch(`${server.url}/openapi.json`)).json();
  const operations = Object.values(Object(document).paths).flatMap((item) =>
    Object.keys(Object(item)),
  );
  await page.locator('.opblock').first().waitFor();
  expect(await page.locator('.opblock').count()).toBe(operations.length);
  const health = page.locator('.opblock', { hasText: 'The process is alive' });
  await health.locator('.opblock-summary-control').click();
  await health.getByRole('button', { name: 'Execute' }).click();
  await health.locator('.live-responses-table').getByText('200').first().waitFor();
  expect(faults).toEqual([]);
});
