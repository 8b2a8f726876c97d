import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameField, say } from './chat-steps.ts';
import { launchChromium, visit } from './chromium.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  const production = { NODE_ENV: 'production', ADMIN_PASSWORD: 'a long password for the tests' };
  [server, browser] = await Promise.all([startServer({ env: production }), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('without a demo log-in the chat asks for a token', async () => {
  const { page } = await visit(browser, `${server.url}/chat`);
  await nameField(page).fill('Ana');
  await nameField(page).press('Enter');
  await page.getByRole('alert').getByText('did not let you in').waitFor();
  await page.getByLabel('Access token (JWT)').fill(await server.token('Ana'));
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Connected, heartbeat on').waitFor();
  await say(page, 'in with a token');
});

test('a token stands in no URL: the address bar loses it, the socket gets a ticket', async () => {
  const { page } = await visit(browser, 'about:blank');
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  const token = await server.token('小明');
  await page.goto(`${server.url}/chat?token=${token}`);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Connected, heartbeat on').waitFor();
  await say(page, 'hello');
  expect(page.url()).not.toContain(token);
  expect(sockets).toHaveLength(1);
  expect(sockets[0]).toContain('ticket=');
  expect(sockets[0]).not.toContain(token);
  // The name is the token's, whatever was typed or not.
  expect(sockets[0]).toContain(encodeURIComponent('小明'));
});

test('without a demo log-in the messenger takes a token, and shows nothing of development', async () => {
  const { page, faults } = await visit(browser, server.url);
  await page.getByText('This server has no demo log-in').waitFor();
  await page.getByLabel('Access token (JWT)').fill('no token');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('This is not a token with a user in it.').waitFor();
  await page.getByLabel('Access token (JWT)').fill(await server.token('Ana'));
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('Pick a conversation, or start one').waitFor();
  await page.locator('.state-mark .dot.good').waitFor();
  expect(await page.getByText('Try it from your backend').count()).toBe(0);
  await page.reload();
  await page.getByRole('button', { name: 'Menu of Ana' }).waitFor();
  expect(faults).toEqual([]);
});

test('a token in the address of the messenger is taken out of it, and signs in nobody by itself', async () => {
  const { page } = await visit(browser, 'about:blank');
  const token = await server.token('小明');
  await page.goto(`${server.url}/?token=${token}`);
  await page.getByRole('button', { name: 'Start as 小明' }).click();
  await page.getByRole('button', { name: 'Menu of 小明' }).waitFor();
  expect(page.url()).not.toContain(token);
});

test('a name in the address opens nothing without a demo log-in', async () => {
  const { page } = await visit(browser, 'about:blank');
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(`${server.url}/?user=Ana`);
  await page.getByLabel('Access token (JWT)').waitFor();
  expect(sockets).toEqual([]);
});
