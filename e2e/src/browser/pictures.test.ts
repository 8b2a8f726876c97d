/**
 * The pictures of the documentation, taken from the running pages. `UPDATE_SCREENSHOTS=1` writes
 * them; otherwise it is only checked that the scenes can be set.
 */
import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { mkdir, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postAsBackend } from './backend.ts';
import { join, message, say } from './chat-steps.ts';
import { launchChromium, PHONE, visit } from './chromium.ts';

const IMAGES = joinPath(import.meta.dirname, '..', '..', '..', 'docs', 'images');

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function take(page: Page, name: string): Promise<void> {
  const image = await page.screenshot();
  expect(image.length).toBeGreaterThan(10_000);
  if (process.env['UPDATE_SCREENSHOTS'] !== '1') return;
  await mkdir(IMAGES, { recursive: true });
  await writeFile(joinPath(IMAGES, name), image);
}

const phone = { viewport: PHONE, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

test('pictures of the chat', async () => {
  const url = `${server.url}/chat`;
  const ana = await visit(browser, url);
  await take(ana.page, 'chat-join.png');
  await join(ana.page, 'Ana');
  await say(ana.page, 'Good morning! Did the deploy go through?');
  const ben = await visit(browser, url, phone);
  await join(ben.page, 'Ben');
  await say(ben.page, 'Morning. Yes, at 9:40, and nobody noticed.');
  await say(ben.page, 'Two nodes restarted, not one message lost.');
  await message(ana.page, 'not one message lost').waitFor();
  await say(ana.page, 'Wonderful 🎉');
  const ming = await visit(browser, url, { locale: 'zh-TW', colorScheme: 'dark' });
  await join(ming.page, '小明');
  await say(ming.page, '大家早，我錯過了什麼？');
  const people = ana.page.getByRole('complementary');
  await people.getByRole('button', { name: 'Write privately to Ben' }).click();
  await say(ana.page, 'Cake at four, do not tell 小明.');
  await ana.page.keyboard.press('Escape');
  await message(ben.page, 'Cake at four').waitFor();
  await people.getByRole('button', { name: 'Write privately to 小明' }).waitFor();
  await take(ana.page, 'chat.png');
  await take(ben.page, 'chat-phone.png');
  await take(ming.page, 'chat-dark.png');
});

test('pictures of the start page', async () => {
  const { page } = await visit(browser, server.url, { viewport: { width: 1280, height: 1000 } });
  await page.getByText('Live · You are alice').waitFor();
  const invoice = { users: ['alice'], title: 'Invoice ready', content: 'October, 3 pages.' };
  await postAsBackend(server, '/api/v1/notifications', invoice);
  const order = { users: ['alice'], title: 'Order shipped', content: 'It arrives on Friday.' };
  await postAsBackend(server, '/api/v1/notifications', order);
  const task = '/api/v1/tasks/import-7';
  const start = { owner: 'alice', title: 'Import contacts', total_steps: 4 };
  await postAsBackend(server, `${task}/start`, start);
  await page.getByRole('progressbar').waitFor();
  await postAsBackend(server, `${task}/progress`, { message: 'Reading', step: 3, progress: 70 });
  await page.getByText('Reading').last().waitFor();
  await page.getByRole('button', { name: 'Notifications, 2 unread' }).waitFor();
  await take(page, 'start.png');
  const small = await visit(browser, server.url, phone);
  await small.page.getByRole('button', { name: 'Notifications, 2 unread' }).click();
  await small.page.getByRole('dialog').getByText('Order shipped').waitFor();
  await take(small.page, 'start-phone.png');
});
