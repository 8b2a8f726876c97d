import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, visit } from './chromium.ts';
import { postAsBackend } from './backend.ts';
import { createGroup, signIn } from './messenger-steps.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('a visitor picks a name and is in, stays in over a reload, and signs out again', async () => {
  const { page, faults } = await visit(browser, server.url);
  await page.getByRole('heading', { name: 'Every message, in order, on every device' }).waitFor();
  await page.getByLabel('Your name').press('Enter');
  await page.getByText('Please enter a name of 1 to 64 characters.').waitFor();
  await page.getByRole('button', { name: '小明' }).click();
  await page.getByRole('button', { name: 'Menu of 小明' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Menu of 小明' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Your name').waitFor();
  await page.reload();
  await page.getByLabel('Your name').waitFor();
  expect(faults).toEqual([]);
});

test('nobody is connected before somebody has signed in', async () => {
  const { page } = await visit(browser, 'about:blank');
  const asked: string[] = [];
  page.on('websocket', (socket) => asked.push(socket.url()));
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(server.url);
  await page.getByLabel('Your name').waitFor();
  expect(asked.filter((path) => path.includes('/connection/'))).toEqual([]);
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual(
    asked.filter((path) => path === '/api/v1/client-settings'),
  );
});

test('the commands name this server and this user, and can be copied', async () => {
  await createGroup(server, 'Orders', ['carl', 'shop']);
  const { page } = await signIn(browser, server, {
    user: 'carl',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.getByRole('heading', { name: 'Try it from your backend' }).waitFor();
  await page.getByRole('button', { name: 'Copy: Ring the bell' }).click();
  await page.getByText('Copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`${server.url}/api/v1/notifications`);
  expect(copied).toContain('"users":["carl"]');
  for (const step of ['1 · Start', '2 · Report progress', '3 · Stream text', '4 · Complete']) {
    await page.getByRole('button', { name: `Copy: ${step}` }).waitFor();
  }
  await page.getByRole('button', { name: 'Copy: Say something in a conversation' }).waitFor();
});

test('what a command does is seen at once, and is still there after a reload', async () => {
  const { page, faults } = await signIn(browser, server, { user: 'bella' });
  const orders = { users: ['bella'], title: 'Order shipped', content: 'x' };
  await postAsBackend(server, '/api/v1/notifications', orders);
  await page.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor();
  expect(await page.title()).toBe('(1) Carillon');
  await page.reload();
  await page.getByRole('button', { name: 'Notifications, 1 unread' }).click();
  await page.getByRole('dialog', { name: 'Notifications' }).getByText('Order shipped').waitFor();
  expect(faults).toEqual([]);
});
