import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { postAsBackend } from './backend.ts';
import { DESKTOP, launchChromium, PHONE, visit } from './chromium.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

const open = (options: BrowserContextOptions = {}) =>
  visit(browser, `${server.url}/playground`, options);

const connect = async (page: Page, endpoint: string): Promise<void> => {
  await page.getByLabel('Way in').selectOption(endpoint);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('button', { name: 'Disconnect' }).waitFor();
};

const rows = (page: Page): Locator => page.getByRole('listbox').getByRole('option');
const row = (page: Page, what: RegExp): Locator => rows(page).filter({ hasText: what }).first();

const say = async (page: Page, template: string): Promise<void> => {
  await page.getByLabel('Begin with').selectOption(template);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
};

const codeIn = async (page: Page, language: string): Promise<string> => {
  await page.getByRole('button', { name: 'Copy as code' }).click();
  const dialog = page.getByRole('dialog', { name: 'This session as code' });
  await dialog.getByRole('radio', { name: language }).check();
  const code = (await dialog.locator('code').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Close' }).click();
  return code;
};

/** Runs what the page offers until it has printed all of `wanted`, then ends it with its children. */
async function runUntil(
  program: readonly [string, ...string[]],
  code: string,
  wanted: readonly string[],
): Promise<void> {
  const [command, ...args] = program;
  const child = spawn(command, [...args, code], {
    env: { PATH: process.env['PATH'], TOKEN: await server.token('alice') },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = once(child, 'close');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  }
  try {
    for (const text of wanted) await expect.poll(() => printed).toContain(text);
  } finally {
    // It leads its own group: the shell and the curls it started.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
}

const SHELL = ['sh', '-c'] as const;
const NODE = [process.execPath, '--input-type=module', '-e'] as const;
const PYTHON = ['python3', '-c'] as const;

describe('native', () => {
  test('connect, subscribe, publish: both directions are listed, can be filtered and read', async () => {
    const { page, faults } = await open();
    await connect(page, 'native');
    await say(page, 'subscribe');
    await row(page, /Received.*subscribe/).waitFor();
    await say(page, 'publish');
    await row(page, /push\.pub/).waitFor();
    expect(
      await rows(page)
        .filter({ hasText: /Sent.*publish.*B$/ })
        .count(),
    ).toBe(1);

    await row(page, /push\.pub/).click();
    await page.locator('pre').getByText('"message": "hello"').waitFor();

    await page.getByLabel('Direction').selectOption('Sent');
    await expect
      .poll(() =>
        rows(page)
          .filter({ hasText: /Received/ })
          .count(),
      )
      .toBe(0);
    await page.getByLabel('Direction').selectOption('Both directions');
    await page.getByLabel('Type').selectOption('push.pub');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByLabel('Type').selectOption('All types');
    await page.getByLabel('Filter by text').fill('nowhere');
    await page.getByText('No frame matches the filter.').waitFor();
    await page.getByLabel('Filter by text').fill('');

    await say(page, 'rpc chat.send');
    await row(page, /error/).click();
    await page
      .getByText('A field is missing or has a wrong value; the message names it.')
      .waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    await say(page, 'history');
    await page.getByRole('button', { name: /Resume \(\d+ new\)/ }).click();
    await row(page, /Received.*history/).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Nothing yet.').waitFor();
    expect(faults).toEqual([]);
  });

  test.each([['HTTP streaming'], ['Server-sent events']])('the same over %s', async (transport) => {
    const { page, faults } = await open();
    await page.getByRole('radio', { name: transport }).check();
    await connect(page, 'native');
    await row(page, /Received.*connect/).waitFor();
    await say(page, 'subscribe');
    await row(page, /Received.*subscribe/).waitFor();
    await say(page, 'publish');
    await row(page, /push\.pub/).waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await row(page, /The stream ended/).waitFor();
    expect(faults).toEqual([]);
  });

  test.each([['WebSocket'], ['Server-sent events']])('one way over %s', async (transport) => {
    const { page, faults } = await open();
    await page.getByLabel('Way in').selectOption('uni');
    await page.getByRole('radio', { name: transport }).check();
    await connect(page, 'uni');
    await row(page, /Received.*connect/).waitFor();
    await postAsBackend(server, '/api/v1/users/alice/events', { type: 'cart_updated' });
    await row(page, /pub.*cart_updated/).waitFor();
    await page.getByText('This way in only receives.').waitFor();
    const curl = await codeIn(page, 'curl');
    await runUntil(SHELL, curl, ['"connect"', 'user:alice']);
    expect(faults).toEqual([]);
  });

  test('the session as code runs: the same is said and answered, and the token is not in it', async () => {
    const { page } = await open();
    await connect(page, 'native');
    await say(page, 'subscribe');
    await row(page, /Received.*subscribe/).waitFor();
    await say(page, 'publish');
    await row(page, /push\.pub/).waitFor();
    const answers = ['"id":2,"subscribe"', '"id":3,"publish"', '"message":"hello"'];
    await runUntil(SHELL, await codeIn(page, 'curl'), answers);
    await runUntil(NODE, await codeIn(page, 'JavaScript'), answers);

    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('radio', { name: 'Server-sent events' }).check();
    await connect(page, 'native');
    await row(page, /Received.*connect/).waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const again = await codeIn(page, 'Python');
    expect(again).not.toContain('eyJ');
    await runUntil(PYTHON, again, ['"connect"', '"publish":{}']);
  });
});

describe('plain endpoints', () => {
  test('chat: a message goes out and comes back; the goodbye is explained', async () => {
    const { page, faults } = await open();
    await connect(page, 'chat-heartbeat');
    await say(page, 'message');
    await row(page, /Received.*"username":"alice"/).waitFor();
    await page.getByLabel('Frame', { exact: true }).fill('{"type":');
    await page.getByText('Not JSON from line 1, column 9').waitFor();
    await page.getByRole('button', { name: 'Send as it is' }).click();
    await row(page, /"code":400/).click();
    await page.getByText('A frame must be one JSON object.').waitFor();
    await runUntil(NODE, await codeIn(page, 'JavaScript'), ['"username":"alice"', '"code":400']);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await row(page, /Closed with 1000/).click();
    await page.getByText('A normal goodbye.').waitFor();
    expect(faults).toEqual([]);
  });

  test('notifications as server-sent events, and the curl receives them too', async () => {
    const { page, faults } = await open();
    await connect(page, 'notification-stream');
    await row(page, /Connected/).waitFor();
    const notify = (title: string) =>
      postAsBackend(server, '/api/v1/notifications', { users: ['alice'], title });
    await notify('for the page');
    await row(page, /notification.*for the page/).waitFor();
    const code = await codeIn(page, 'curl');
    await runUntil(SHELL, `${code.trimEnd()} -H 'Last-Event-ID: 0'`, ['for the page']);
    expect(faults).toEqual([]);
  });

  test('a refusal says why', async () => {
    const { page } = await open();
    await page.getByLabel('Way in').selectOption('task');
    await page.getByLabel('Task id').fill('nothing');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await row(page, /Closed with 1008 Not found/).click();
    await page.getByText('There is no such task, or it is somebody else’s.').waitFor();
  });
});

describe('for everybody', () => {
  const scrollsSideways = (page: Page): Promise<boolean> =>
    page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );

  test.each<{ name: string; isWithCode: boolean; options: BrowserContextOptions }>([
    {
      name: 'desktop, light',
      isWithCode: false,
      options: { viewport: DESKTOP, colorScheme: 'light' },
    },
    {
      name: 'phone, dark',
      isWithCode: true,
      options: { viewport: PHONE, colorScheme: 'dark', hasTouch: true },
    },
  ])('axe finds nothing on $name', async ({ options, isWithCode }) => {
    const { page } = await open({ ...options, bypassCSP: true });
    const violations = async (): Promise<string[]> => {
      await page.evaluate(axe.source);
      const results = await page.evaluate<AxeResults>('axe.run()');
      return results.violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html}`),
      );
    };
    await connect(page, 'native');
    await say(page, 'rpc chat.send');
    await row(page, /error/).click();
    if (isWithCode) await page.getByRole('button', { name: 'Copy as code' }).click();
    expect(await violations()).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });

  test('keyboard alone: connect, send, walk through the frames; the language is the visitor’s', async () => {
    const { page } = await open({ locale: 'zh-TW' });
    await page.getByRole('button', { name: '連線', exact: true }).focus();
    await page.keyboard.press('Enter');
    await row(page, /已連線/).waitFor();
    await page.getByRole('textbox', { name: '訊框' }).focus();
    await page.keyboard.press('Control+Enter');
    await row(page, /收到.*subscribe/).waitFor();
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    await expect
      .poll(() => page.getByRole('listbox').getByRole('option', { selected: true }).textContent())
      .toContain('正在連線到');
    expect(await page.title()).toBe('試驗場 · Carillon');
  });
});
