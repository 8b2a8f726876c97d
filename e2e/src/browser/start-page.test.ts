import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, visit } from './chromium.ts';
import { postAsBackend } from './backend.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('a notification of a backend rings the bell, and reading it takes the number away', async () => {
  const { page, faults } = await visit(browser, `${server.url}/?user=bella`);
  await page.getByText('Live · You are bella').waitFor();
  const bell = page.getByRole('button', { name: 'Notifications, 0 unread' });
  await bell.waitFor();

  for (const title of ['Order shipped', 'Invoice ready']) {
    await postAsBackend(server, '/api/v1/notifications', { users: ['bella'], title, content: 'x' });
  }
  await page.getByRole('button', { name: 'Notifications, 2 unread' }).click();
  const panel = page.getByRole('dialog', { name: 'Notifications' });
  await panel.getByText('Invoice ready').waitFor();
  expect(await page.title()).toBe('(2) Carillon');

  await panel.getByRole('button', { name: 'Mark as read: Invoice ready' }).click();
  await page.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor();
  await panel.getByRole('button', { name: 'Mark all as read' }).click();
  await page.getByRole('button', { name: 'Notifications, 0 unread' }).waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });

  await page.reload();
  await page.getByText('Order shipped').first().waitFor();
  await page.getByRole('button', { name: 'Notifications, 0 unread' }).waitFor();
  expect(faults).toEqual([]);
});

test('the bars follow a task from its start to its end', async () => {
  const { page, faults } = await visit(browser, `${server.url}/?user=tess`);
  await page.getByText('No task yet').waitFor();
  const task = '/api/v1/tasks/report-1';
  await postAsBackend(server, `${task}/start`, { owner: 'tess', title: 'Report', total_steps: 4 });
  const bar = page.getByRole('progressbar', { name: 'Report' });
  await bar.waitFor();
  expect(await bar.getAttribute('aria-valuenow')).toBe('0');

  const report = { message: 'Reading', step: 2, total_steps: 4, progress: 50 };
  await postAsBackend(server, `${task}/progress`, report);
  await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe('50');
  expect(await bar.getAttribute('aria-valuetext')).toBe('50%, Reading, Step 2 of 4');

  await postAsBackend(server, `${task}/complete`, {});
  await page.getByText('Completed').waitFor();
  expect(await bar.getAttribute('aria-valuenow')).toBe('100');
  expect(faults).toEqual([]);
});

test('the commands name this server and this user, and can be copied', async () => {
  const { page } = await visit(browser, `${server.url}/?user=carl`, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.getByText('You are carl').waitFor();
  await page.getByRole('button', { name: 'Copy: Ring the bell' }).click();
  await page.getByText('Copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`${server.url}/api/v1/notifications`);
  expect(copied).toContain('"users":["carl"]');
});
