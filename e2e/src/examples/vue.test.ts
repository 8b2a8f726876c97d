/** `npm run example:vue` as its readers run it, in Chromium. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, visit } from '../browser/chromium.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const READY = /ready at (http:\/\/\S+), its Carillon server at (http:\/\/\S+)/;
/** Packages that have changed since the last build are compiled first. */
const START_TIMEOUT_MS = 120_000;

let example: ChildProcess;
let browser: Browser;
let dataDir: string;
let app = '';
let carillon = '';

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-example-vue-'));
  const env = { PORT: '0', CARILLON_PORT: '0', DATA_DIR: dataDir, STEP_MS: '50' };
  example = spawn('npm', ['run', '-s', 'example:vue'], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  [browser] = await Promise.all([launchChromium(), untilReady()]);
}, START_TIMEOUT_MS);

afterAll(async () => {
  await browser.close();
  const ended = once(example, 'close');
  // npm and what it started: one group of its own.
  if (example.pid !== undefined && example.exitCode === null) process.kill(-example.pid, 'SIGTERM');
  await ended;
  await rm(dataDir, { recursive: true, force: true });
});

function untilReady(): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    example.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const [, at, server] = READY.exec(printed) ?? [];
      if (at === undefined || server === undefined) return;
      app = at;
      carillon = server;
      resolve();
    });
    example.once('close', (code) => reject(new Error(`ended with ${code}: ${printed}`)));
  });
}

test('no connection on the log-in page; then a bell that rings, a bar that moves, and a chat', async () => {
  const { page, faults } = await visit(browser, 'about:blank');
  const host = new URL(carillon).host;
  const asked: string[] = [];
  let open = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).host === host) asked.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) return;
    asked.push(socket.url());
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  // A private page sends one who is not signed in to the log-in page: it does not connect either.
  await page.goto(`${app}/dashboard`);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.getByLabel('Your name').fill('alice');
  expect(asked).toEqual([]);

  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Connected', { exact: true }).first().waitFor();
  expect(open).toBe(1);
  await page.getByRole('button', { name: 'Ring my bell' }).click();
  await page.getByRole('button', { name: 'Notifications, 1 unread' }).click();
  await page.getByRole('dialog').getByText('Order shipped').waitFor();
  expect(await page.title()).toBe('(1) Carillon with Vue');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Make a report' }).click();
  await page.locator('.carillon-task[data-status=completed]').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello');
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText('Hello').waitFor();
  await page.getByText('Sent', { exact: true }).waitFor();

  // The link of a notification goes through the router: the connection stays the same.
  await page.getByRole('button', { name: /^Notifications, / }).click();
  await page.getByRole('dialog').getByText('Order shipped').click();
  await page.getByRole('heading', { name: 'Reports' }).waitFor();
  await page.getByRole('button', { name: 'Notifications, none unread' }).waitFor();
  expect(asked.filter((url) => url.startsWith('ws'))).toHaveLength(1);

  await page.getByRole('button', { name: 'Log out alice' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await expect.poll(() => open).toBe(0);
  expect(faults).toEqual([]);
});
