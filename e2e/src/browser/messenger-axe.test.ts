import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postAsBackend } from './backend.ts';
import { launchChromium, visit } from './chromium.ts';
import { createGroup, message, sayAs } from './messenger-steps.ts';
import { LOOKS, scrollsSideways, seriousViolations, withAxe } from './usability.ts';

let server: RunningServer;
let browser: Browser;
let group: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
  group = await createGroup(server, 'Garden', ['Ana', 'Ben', '小明']);
  await sayAs(server, group, { sender: 'Ben', content: 'Red tomatoes: https://example.org' });
  await sayAs(server, group, { sender: 'Ana', content: 'Wonderful' });
  const shipped = { users: ['Ana'], title: 'Order shipped', content: 'On Friday.', source: 'shop' };
  await postAsBackend(server, '/api/v1/notifications', shipped);
  const task = { owner: 'Ana', title: 'Report', total_steps: 4 };
  await postAsBackend(server, '/api/v1/tasks/report-1/start', task);
  await postAsBackend(server, '/api/v1/tasks/report-1/chunks', { index: 0, chunks: ['So far.'] });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

const open = async (hash: string, options: BrowserContextOptions): Promise<Page> => {
  const { page } = await visit(browser, `${server.url}/?user=Ana${hash}`, withAxe(options));
  return page;
};

test.each(LOOKS)(
  'axe finds nothing serious on the way in and in a conversation: $name',
  async ({ options }) => {
    const { page } = await visit(browser, server.url, withAxe(options));
    await page.getByLabel('Your name').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.goto(`${server.url}/?user=Ana#c/${group}`);
    await message(page, 'Wonderful').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.context().close();
  },
);

/** One of each colour scheme, one of each size. */
const OPPOSITES = LOOKS.filter(({ name }) => ['desktop, light', 'phone, dark'].includes(name));

test.each(OPPOSITES)(
  'axe finds nothing serious in what opens from the list: $name',
  async ({ options }) => {
    const page = await open('', options);
    await page.getByRole('button', { name: /^Notifications, / }).click();
    await page.getByRole('dialog').getByText('Order shipped').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Tasks, / }).click();
    await page.getByRole('region', { name: 'Text of Report' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.keyboard.press('Escape');
    await page.goto(`${server.url}/?user=Ana#c/${group}`);
    await page.getByRole('button', { name: 'Show the members' }).click();
    expect(await seriousViolations(page)).toEqual([]);
    await page.context().close();
  },
);

test('axe finds nothing serious in the dialog for a new conversation and in the menu', async () => {
  const page = await open('', {});
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByLabel('Name of the person').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Menu of Ana' }).click();
  expect(await seriousViolations(page)).toEqual([]);
  await page.context().close();
});
