import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebhookReceiver } from '../../../packages/testkit/src/webhook-receiver.ts';
import type { WebhookReceiver } from '../../../packages/testkit/src/webhook-receiver.ts';
import { Clients, next } from '../native/native-server.ts';
import { postAsBackend } from './backend.ts';
import { launchChromium, PHONE, visit } from './chromium.ts';
import { LOOKS, scrollsSideways, seriousViolations, tooSmall, withAxe } from './usability.ts';

const PASSWORD = 'correct horse battery staple';
const WEBHOOK_SECRET = 'a secret of the webhook receiver';
/** axe takes seconds: every part is looked at once, in one of two looks. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'desktop, light': ['overview', 'users', 'notify', 'configuration'],
  'phone, dark': ['overview', 'channels', 'tasks', 'pushes'],
};

let server: RunningServer;
let webhook: WebhookReceiver;
let browser: Browser;
const clients = new Clients();

beforeAll(async () => {
  webhook = await startWebhookReceiver({ secret: WEBHOOK_SECRET });
  const env = {
    ADMIN_PASSWORD: PASSWORD,
    NOTIFICATION_PROVIDER: 'webhook',
    PUSH_WEBHOOK_URL: webhook.url,
    PUSH_WEBHOOK_SECRET: WEBHOOK_SECRET,
    PUSH_WEBHOOK_ALLOW_PRIVATE: 'true',
    PUSH_MAX_ATTEMPTS: '1',
  };
  [server, browser] = await Promise.all([startServer({ env }), launchChromium()]);
  webhook.behave({ status: 500 });
  await postAsBackend(server, '/api/v1/notifications', { users: ['away'], title: 'You missed it' });
  await webhook.waitForRequests(1);
  await postAsBackend(server, '/api/v1/tasks/import-1/start', { owner: 'ann', title: 'Import' });
});

afterAll(async () => {
  clients.close();
  await browser.close();
  await server.stop();
  await webhook.close();
});

async function open(tab: string, options: BrowserContextOptions = {}) {
  const visited = await visit(browser, `${server.url}/console#${tab}`, options);
  await logIn(visited.page);
  return visited;
}

async function logIn(page: Page, password = PASSWORD): Promise<void> {
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const connect = async (user: string) =>
  clients.connect(server.wsUrl, { token: await server.token(user) });

const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of the console' }).getByRole('link', { name });

describe('log-in', () => {
  test('takes the password only, keeps a token for this tab, and forgets it on log-out', async () => {
    const { page } = await visit(browser, `${server.url}/console`);
    await logIn(page, 'wrong password');
    await page.getByText('That is not right.').waitFor();
    await logIn(page);
    await page.getByText('Connections and users').waitFor();
    const kept = await page.evaluate(() => [
      Object.values(sessionStorage).join(' '),
      Object.values(localStorage).join(' '),
      document.cookie,
    ]);
    expect(kept[0]).toMatch(/^console\./);
    expect(kept.join(' ')).not.toContain(PASSWORD);
    expect(kept.slice(1).join('')).not.toContain('console.');
    await page.reload();
    await page.getByText('Connections and users').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('textbox', { name: 'Password' }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.context().close();
  });

  test('a token of the application opens it when it has the admin claim', async () => {
    const { page } = await visit(browser, `${server.url}/console`);
    await page.getByText('Use a token instead').click();
    const field = page.getByRole('textbox', { name: 'Token' });
    await field.fill(await server.token('ann'));
    await page.getByRole('button', { name: 'Use this token' }).click();
    await page.getByText('lacks the admin claim').waitFor();
    await field.fill(await server.token('root', { admin: true }));
    await page.getByRole('button', { name: 'Use this token' }).click();
    await page.getByText('Connections and users').waitFor();
    await page.context().close();
  });
});

describe('watching', () => {
  test('figures follow what happens, charts have them in words and as a table', async () => {
    const { page, faults } = await open('overview');
    const tile = page.locator('.co-tiles > div', { hasText: 'Connections' }).locator('dd');
    await expect.poll(() => tile.textContent()).toBe('0');
    const ann = await connect('ann');
    await expect.poll(() => tile.textContent()).toBe('1');
    expect(await page.locator('canvas').count()).toBe(4);
    await page.getByText('The charts as a table').click();
    await page.getByRole('columnheader', { name: 'Latency, 99%' }).waitFor();
    await page.getByRole('button', { name: /^Only this one/ }).click();
    await page.getByText(/^Charts and devices of node/).waitFor();
    ann.disconnect();
    await expect.poll(() => tile.textContent()).toBe('0');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('a channel shows who is in it and what was published', async () => {
    const { page } = await open('channels');
    const bea = await connect('bea');
    const lobby = bea.newSubscription('room:lobby');
    const subscribed = next(lobby, 'subscribed');
    lobby.subscribe();
    await subscribed;
    await lobby.publish({ message: 'hello everybody' });
    await page.getByRole('searchbox', { name: 'Search channels' }).fill('lobby');
    await page.getByRole('button', { name: /room:lobby/ }).click();
    await page.getByText('hello everybody').waitFor();
    await page.getByText('Present (1)').waitFor();
    bea.disconnect();
    await page.context().close();
  });

  test('the configuration is there, its secrets are not', async () => {
    const { page } = await open('configuration');
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('ADMIN_PASSWORD');
    await page.getByText('set, hidden').waitFor();
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('');
    await page.getByText('PUSH_WEBHOOK_SECRET').waitFor();
    const text = await page.locator('main').innerHTML();
    for (const secret of [PASSWORD, WEBHOOK_SECRET, server.apiKey]) {
      expect(text).not.toContain(secret);
    }
    await page.context().close();
  });
});

describe('acting', () => {
  test('somebody is found by name, told something, and disconnected in their browser', async () => {
    const user = await visit(browser, server.url);
    const ended = user.page.evaluate(
      async ([url, token]) => {
        const socket = new WebSocket(`${url}/api/ws/notifications?token=${token}`);
        const told: string[] = [];
        socket.addEventListener('message', ({ data }) => told.push(String(data)));
        return new Promise<{ code: number; told: string[] }>((resolve) => {
          socket.addEventListener('close', ({ code }) => resolve({ code, told }));
        });
      },
      [server.wsUrl, await server.token('zoe')],
    );
    const { page } = await open('users');
    await page.getByRole('searchbox', { name: 'Name begins with' }).fill('zo');
    await page.getByRole('button', { name: 'Send (zoe)' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send to zoe' });
    await dialog.getByLabel('Title').fill('Please log in again');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Sent to zoe.').waitFor();
    await page.getByRole('button', { name: 'Disconnect (zoe)' }).click();
    const sure = page.getByRole('dialog', { name: 'Disconnect zoe?' });
    await sure.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Disconnect (zoe)' }).click();
    await sure.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByText('zoe was disconnected.').waitFor();
    expect((await ended).told.join(' ')).toContain('Please log in again');
    await page.getByText('Nobody whose name begins like this').waitFor();
    await page.context().close();
    await user.page.context().close();
  });

  test('a notice to all is asked about first, and arrives', async () => {
    const carl = await connect('carl');
    const arrived = new Promise<string>((resolve) => {
      carl.on('publication', ({ data }) => {
        const text = JSON.stringify(data);
        if (text.includes('Down at ten')) resolve(text);
      });
    });
    const { page } = await open('notify');
    await page.getByRole('button', { name: 'Send notification' }).click();
    await page.getByText('Name at least one user.').waitFor();
    await page.getByLabel('All who are connected').check();
    await page.getByLabel('Title').fill('Down at ten');
    await page.getByRole('button', { name: 'Send notification' }).click();
    const dialog = page.getByRole('dialog', { name: 'Notify all who are connected?' });
    await dialog.getByRole('button', { name: 'Send notification' }).click();
    await page.getByText('“Down at ten” was sent to 1.').waitFor();
    expect(await arrived).toContain('Down at ten');
    await tab(page, 'Tasks').click();
    await page.getByRole('listitem').filter({ hasText: 'Down at ten' }).waitFor();
    await page.getByRole('button', { name: 'Ask to stop (Import)' }).click();
    await page.getByRole('button', { name: 'Asked to stop (Import)' }).waitFor();
    carl.disconnect();
    await page.context().close();
  });

  test('a failed push tells why, and goes out when it is sent again', async () => {
    const { page } = await open('pushes');
    await page.getByText(/500/).waitFor();
    webhook.behave('accept');
    await page.getByRole('button', { name: 'Send again (away)' }).click();
    await page.getByText('They are being sent again.').waitFor();
    await webhook.waitForAccepted(1);
    expect(webhook.accepted[0]).toMatchObject({ user: 'away', title: 'You missed it' });
    await page.getByText('No push has failed for good.').waitFor();
    await page.context().close();
  });
});

describe('for everybody', () => {
  test('keyboard alone: log in, go from part to part, open a dialog and leave it', async () => {
    const dora = await connect('dora');
    const { page } = await visit(browser, `${server.url}/console`);
    const { keyboard } = page;
    const press = async (key: string, reached: () => Promise<boolean>): Promise<void> => {
      for (let presses = 0; presses < 40 && !(await reached()); presses += 1) {
        await keyboard.press(key);
      }
      expect(await reached()).toBe(true);
    };
    const focused = (name: string) => async (): Promise<boolean> =>
      page.evaluate(
        (wanted) =>
          (document.activeElement?.textContent ?? '').startsWith(wanted) ||
          document.activeElement?.getAttribute('type') === wanted,
        name,
      );
    await page.getByRole('textbox', { name: 'Password' }).waitFor();
    await press('Tab', focused('password'));
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    await page.getByText('Connections and users').waitFor();
    await page.evaluate(() => document.querySelector('main')?.focus());
    await press('Tab', focused('Users'));
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Disconnect (dora)' }).waitFor();
    await press('Tab', focused('Disconnect (dora)'));
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Disconnect dora?' }).waitFor();
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused('Disconnect (dora)')()).toBe(true);
    dora.disconnect();
    await page.context().close();
  });

  test.each(LOOKS.filter(({ name }) => Object.hasOwn(PARTS, name)))(
    'axe finds nothing serious: $name',
    async ({ name: look, options }) => {
      const { page } = await visit(browser, `${server.url}/console`, withAxe(options));
      expect(await seriousViolations(page)).toEqual([]);
      const token = await server.token('root', { admin: true });
      await page.evaluate((given) => sessionStorage.setItem('carillon.console', given), token);
      const eve = await connect('eve');
      for (const name of PARTS[look] ?? []) {
        await page.goto(`${server.url}/console#${name}`);
        if (name === 'overview') await page.reload();
        await page.locator('.co-card').first().waitFor();
        expect(await seriousViolations(page), name).toEqual([]);
        expect(await scrollsSideways(page), name).toBe(false);
      }
      eve.disconnect();
      await page.context().close();
    },
  );

  test('on a phone everything to press is large enough; the language is the visitor’s', async () => {
    const options = { viewport: PHONE, hasTouch: true, isMobile: true };
    const finn = await connect('finn');
    const { page, faults } = await open('users', options);
    await page.getByRole('button', { name: 'Send (finn)' }).waitFor();
    expect(await tooSmall(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.getByLabel('Language').selectOption('繁體中文');
    await page.getByRole('heading', { name: '已連線的使用者' }).waitFor();
    await page.getByLabel('語言').selectOption('简体中文');
    await page.getByRole('heading', { name: '在线用户' }).waitFor();
    expect(faults).toEqual([]);
    finn.disconnect();
    await page.context().close();
  });
});
