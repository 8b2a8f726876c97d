/** `npm run example:next`, as its reader would see it: a log-in page without Carillon, and a dashboard with it. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DESKTOP, launchChromium, PHONE, visit } from '../browser/chromium.ts';
import { scrollsSideways, seriousViolations } from '../browser/usability.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const READY = /ready at (http:\/\/localhost:\d+), its Carillon server at (http:\/\/\S+)/;

const KEY = 'key of the example';

let browser: Browser;
let example: Awaited<ReturnType<typeof startExample>>;
beforeAll(async () => {
  [browser, example] = await Promise.all([launchChromium(), startExample()]);
  // The first visit compiles a page, in as long as the machine needs for it.
  for (const path of ['/login', '/dashboard', '/reports', '/api/token']) {
    await fetch(`${example.url}${path}`, { headers: { cookie: 'example_user=first' } });
  }
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await example?.stop();
}, 30_000);

async function startExample() {
  const dataDir = await mkdtemp(join(tmpdir(), 'carillon-next-'));
  // A group of its own: what npm starts is stopped with it.
  const child = spawn('npm', ['run', '--silent', 'example:next'], {
    cwd: ROOT,
    detached: true,
    env: {
      ...process.env,
      PORT: '0',
      API_KEY: KEY,
      CARILLON_PORT: '0',
      DATA_DIR: dataDir,
      STEP_MS: '200',
    },
  });
  let output = '';
  const exited = new Promise((resolve) => child.once('close', resolve));
  const [url, carillon] = await new Promise<readonly [string, string]>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      const [, page, server] = READY.exec(output) ?? [];
      if (page !== undefined && server !== undefined) resolve([page, server]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  return {
    url,
    carillon,
    stop: async () => {
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Everything a page sends to Carillon, or asks for its sake. */
function watched(page: Page) {
  const port = new URL(example.carillon).port;
  const requests: string[] = [];
  const sockets: { readonly url: string; isOpen: boolean }[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.port === port || url.pathname === '/api/token') requests.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).port !== port) return;
    const entry = { url: socket.url(), isOpen: true };
    sockets.push(entry);
    socket.on('close', () => (entry.isOpen = false));
  });
  return { requests, open: () => sockets.filter(({ isOpen }) => isOpen).length, sockets };
}

describe('examples/next', () => {
  it('asks nothing of Carillon on the log-in page, and rings, reports and chats on the dashboard', async () => {
    const { page, faults } = await visit(browser, 'about:blank');
    const sent = watched(page);
    page.setDefaultTimeout(20_000);
    await page.goto(`${example.url}/login`, { waitUntil: 'networkidle' });
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(sent.requests).toEqual([]);
    expect(sent.sockets).toEqual([]);

    await page.getByLabel('Your name').fill('alice');
    await page.getByRole('button', { name: 'Log in' }).click();
    const status = page.locator('.carillon-status-text');
    await status.getByText('Connected', { exact: true }).waitFor();
    expect(sent.sockets).toHaveLength(1);

    await page.getByRole('button', { name: 'Ring my bell' }).click();
    const bell = page.getByRole('button', { name: 'Notifications, 1 unread' });
    await bell.waitFor();
    expect(await page.title()).toBe('(1) Carillon with Next.js');
    await bell.click();
    await page.getByRole('dialog').getByText('Order shipped').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousViolations(page)).toEqual([]);
    }
    await page.setViewportSize(PHONE);
    expect(await scrollsSideways(page)).toBe(false);
    await page.setViewportSize(DESKTOP);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Make a report' }).click();
    const bar = page.getByRole('progressbar', { name: 'Monthly report' });
    await expect.poll(() => bar.getAttribute('aria-valuenow'), { timeout: 10_000 }).toBe('100');

    await page.getByRole('textbox', { name: 'Message' }).fill('Is anybody there?');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('Is anybody there?').waitFor();
    await page.getByText('Sent', { exact: true }).waitFor();

    // The next page of the same type keeps the connection; the log-in page ends it.
    await page.getByRole('link', { name: 'Reports' }).click();
    await page.getByRole('heading', { name: 'Reports' }).waitFor();
    await status.getByText('Connected', { exact: true }).waitFor();
    expect(sent.sockets).toHaveLength(1);
    await page.getByRole('button', { name: /Log out/ }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await expect.poll(sent.open).toBe(0);
    expect(sent.sockets).toHaveLength(1);
    expect(faults).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('keeps the chat where its reader is: at the end, or at the same message', async () => {
    const post = async (path: string, body: object): Promise<Map<string, unknown>> => {
      const response = await fetch(`${example.carillon}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': KEY },
        body: JSON.stringify(body),
      });
      return new Map(Object.entries(Object(await response.json())));
    };
    const made = await post('/api/v1/conversations', {
      kind: 'direct',
      members: ['bob', 'support'],
    });
    const messages = `/api/v1/conversations/${String(made.get('id'))}/messages`;
    for (let n = 1; n <= 70; n += 1)
      await post(messages, { sender: 'support', content: `no ${n}` });

    const { page, faults } = await visit(browser, 'about:blank');
    page.setDefaultTimeout(20_000);
    await page.context().addCookies([{ name: 'example_user', value: 'bob', url: example.url }]);
    await page.goto(`${example.url}/dashboard`);
    const log = page.getByRole('log');
    await log.getByText('no 70', { exact: true }).waitFor();
    const toEnd = (): Promise<number> =>
      log.evaluate(({ scrollHeight, scrollTop, clientHeight }) =>
        Math.round(scrollHeight - scrollTop - clientHeight),
      );
    await expect.poll(toEnd).toBe(0);
    await post(messages, { sender: 'support', content: 'no 71' });
    await log.getByText('no 71', { exact: true }).waitFor();
    await expect.poll(toEnd).toBe(0);

    // The oldest that is there stays under the eye while older ones come in above it.
    const anchor = log.getByText('no 21', { exact: true });
    await anchor.evaluate((element) => element.scrollIntoView({ block: 'start' }));
    await log.getByText('no 1', { exact: true }).waitFor({ state: 'attached' });
    expect(await anchor.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThan(
      await log.evaluate((element) => element.getBoundingClientRect().top - 20),
    );
    expect(await toEnd()).toBeGreaterThan(500);

    await post(messages, { sender: 'support', content: 'no 72' });
    await page.getByRole('button', { name: '1 new message' }).click();
    await expect.poll(toEnd).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  }, 60_000);
});
