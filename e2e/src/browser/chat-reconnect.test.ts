import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composer, join, message, say } from './chat-steps.ts';
import { launchChromium, visit } from './chromium.ts';

let browser: Browser;
let dataDir: string;
let server: RunningServer;

beforeAll(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), 'carillon-browser-'));
  [server, browser] = await Promise.all([startServer({ dataDir }), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test('a server that is killed and comes back costs a banner, no message and no duplicate', async () => {
  const { page } = await visit(browser, `${server.url}/chat`);
  await join(page, 'Ana');
  await say(page, 'before the crash');

  await server.kill('SIGKILL');
  await page.getByRole('button', { name: 'Retry now' }).waitFor();
  await composer(page).fill('written while away');
  await composer(page).press('Enter');
  await page.getByText('Will be sent when you are back').waitFor();
  await composer(page).fill('a draft');

  server = await startServer({ dataDir, port: server.port });
  const back = page.getByText('Connected again');
  while (!(await back.isVisible())) {
    // Between two attempts the button is disabled; the page also comes back by itself.
    await page
      .getByRole('button', { name: 'Retry now' })
      .click({ timeout: 500 })
      .catch(() => undefined);
  }
  await page.locator('.message.own:not(.pending)', { hasText: 'written while away' }).waitFor();
  await say(page, 'a draft and more');

  for (const text of ['before the crash', 'written while away', 'a draft and more']) {
    expect(await message(page, text).count(), text).toBe(1);
  }
  await page.getByText('Connected, heartbeat on').waitFor();
}, 60_000);

test('after as many attempts as the operator set the page stops, and comes back when asked', async () => {
  const env = { WS_MAX_RECONNECT_ATTEMPTS: '1', WS_CONNECTION_TIMEOUT: '1s' };
  const ownDir = await mkdtemp(joinPath(tmpdir(), 'carillon-browser-'));
  let short = await startServer({ dataDir: ownDir, env });
  const { page } = await visit(browser, `${short.url}/chat`);
  await join(page, 'Ben');

  await short.kill('SIGKILL');
  await page.getByText('the page has stopped trying').waitFor();

  short = await startServer({ dataDir: ownDir, env, port: short.port });
  await page.getByRole('button', { name: 'Retry now' }).click();
  await page.getByText('Connected, heartbeat on').waitFor();
  await say(page, 'back again');
  await short.stop();
  await rm(ownDir, { recursive: true, force: true });
}, 60_000);
