import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import {
  composer,
  createGroup,
  message,
  say,
  sayAs,
  signIn,
  texts,
  write,
} from './messenger-steps.ts';

let browser: Browser;
let dataDir: string;
let server: RunningServer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-messenger-'));
  [server, browser] = await Promise.all([startServer({ dataDir }), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const numbered = Array.from({ length: 20 }, (_, n) => `queued ${n + 1}`);

/** Between two attempts the button can be pressed; the page also comes back by itself. */
async function untilBack(page: Page): Promise<void> {
  const back = page.getByText('Connected again. You are up to date.');
  while (!(await back.isVisible())) {
    await page
      .getByRole('button', { name: 'Retry now' })
      .click({ timeout: 300 })
      .catch(() => undefined);
  }
}

test('what is written in half a minute without a network is counted, and comes once and in order', async () => {
  const id = await createGroup(server, 'Train', ['Ana', 'Ben']);
  const ana = await signIn(browser, server, { user: 'Ana', at: id });
  const ben = await signIn(browser, server, { user: 'Ben', at: id });
  await ana.page.clock.install();
  await say(ana.page, 'in the station');
  await message(ben.page, 'in the station').waitFor();

  await ana.page.context().setOffline(true);
  for (const text of numbered.slice(0, 10)) await write(ana.page, text);
  await ana.page.getByText('This device has no network.').last().waitFor();
  for (const text of numbered.slice(10)) await write(ana.page, text);
  await ana.page.getByText('20 messages are waiting and will be sent.').waitFor();
  await message(ana.page, 'queued 20').getByText('Waiting to be sent').waitFor();
  await ana.page.clock.fastForward('00:30');
  await sayAs(server, id, { sender: 'Ben', content: 'are you there?' });
  await message(ben.page, 'are you there?').waitFor();

  await ana.page.context().setOffline(false);
  await ana.page.getByText('Connected again').waitFor();
  await message(ben.page, 'queued 20').waitFor();
  await message(ana.page, 'queued 20')
    .getByText(/^(Sent|Seen by Ben)$/)
    .waitFor();
  const expected = ['in the station', 'are you there?', ...numbered];
  expect(await allTexts(ben.page)).toEqual(expected);
  expect(await allTexts(ana.page)).toEqual(expected);
  await Promise.all([ana, ben].map(({ page }) => page.context().close()));
});

/** Only the rows near the screen exist: read from the top down. */
async function allTexts(page: Page): Promise<string[]> {
  const log = page.getByRole('log');
  const found: string[] = [];
  const height = await log.evaluate(({ clientHeight }) => clientHeight);
  for (let top = 0; ; top += height / 2) {
    const reached = await log.evaluate((element, y) => {
      element.scrollTo({ top: y });
      return new Promise<number>((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(element.scrollTop))),
      );
    }, top);
    for (const text of await texts(page)) if (!found.includes(text)) found.push(text);
    if (reached < top - 1) return found;
  }
}

test('a message that waits outlives a reload', async () => {
  const id = await createGroup(server, 'Tunnel', ['Cleo', 'Dan']);
  const { page } = await signIn(browser, server, { user: 'Cleo', at: id });
  await page.route('**/connection/**', (route) => route.abort());
  await page.context().setOffline(true);
  await write(page, 'kept over the reload');
  await message(page, 'kept over the reload').getByText('Waiting to be sent').waitFor();
  await page.context().setOffline(false);
  await page.unroute('**/connection/**');
  await page.reload();
  await page.locator('.message.own:not(.pending)', { hasText: 'kept over' }).waitFor();
  expect(await message(page, 'kept over the reload').count()).toBe(1);
  await page.context().close();
});

test('a message that is refused is kept, says why, and can be tried again or deleted', async () => {
  const id = await createGroup(server, 'Refused', ['Ida', 'Jan']);
  const { page } = await signIn(browser, server, { user: 'Jan', at: id });
  // A file that the server does not have: it cannot be in a message.
  const upload = { id: 'u_none', name: 'lost.txt', kind: 'file', mime: 'text/plain', size: 4 };
  await page.route('**/api/v1/uploads', (route) => route.fulfill({ status: 201, json: upload }));
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'lost.txt', mimeType: 'text/plain', buffer: Buffer.from('lost') });
  await page.getByText('Ready to send').waitFor();
  await write(page, 'here is the file');
  const refused = page.locator('.message.failed', { hasText: 'here is the file' });
  await refused.getByText(/^Not sent: /).waitFor();
  await say(page, 'the next one is not held up');
  await page.reload();
  await refused.getByRole('button', { name: 'Retry' }).click();
  await refused.getByText(/^Not sent: /).waitFor();
  await refused.getByRole('button', { name: 'Delete' }).click();
  await refused.waitFor({ state: 'detached' });
  await page.context().close();
});

test('who is taken out of a group sees that it is closed to them', async () => {
  const id = await createGroup(server, 'Left', ['Ida', 'Jan']);
  const { page } = await signIn(browser, server, { user: 'Jan', at: id });
  await say(page, 'still in');
  await fetch(`${server.url}/api/v1/conversations/${id}/members/Jan`, {
    method: 'DELETE',
    headers: { 'x-api-key': server.apiKey },
  });
  await page.getByRole('alert').getByText('This conversation could not be loaded.').waitFor();
  await page.context().close();
});

test('a server that is killed and comes back costs a banner, and nothing is missing', async () => {
  const id = await createGroup(server, 'Crash', ['Eve', 'Finn']);
  const { page } = await signIn(browser, server, { user: 'Eve', at: id });
  await say(page, 'before');
  await server.kill('SIGKILL');
  await page.getByRole('button', { name: 'Retry now' }).waitFor();
  await write(page, 'while it was away');
  await page.getByText('1 message is waiting and will be sent.').waitFor();
  await composer(page).fill('a draft');

  server = await startServer({ dataDir, port: server.port });
  await sayAs(server, id, { sender: 'Finn', content: 'said by others meanwhile' });
  await untilBack(page);
  await page.locator('.message.own:not(.pending)', { hasText: 'while it was away' }).waitFor();
  expect(await composer(page).inputValue()).toBe('a draft');
  await composer(page).press('Enter');
  await message(page, 'a draft').getByText('Sent').waitFor();
  const said = await texts(page);
  expect(said.toSorted()).toEqual(
    ['before', 'while it was away', 'said by others meanwhile', 'a draft'].toSorted(),
  );
  await page.context().close();
}, 40_000);
