import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { styleOf } from './chat-steps.ts';
import { launchChromium, PHONE, visit } from './chromium.ts';
import {
  composer,
  conversation,
  createGroup,
  message,
  say,
  sayAs,
  signIn,
} from './messenger-steps.ts';
import { isFocused, scrollsSideways, tooSmall } from './usability.ts';

let server: RunningServer;
let browser: Browser;
let group: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
  group = await createGroup(server, 'Garden', ['Ana', 'Ben', '小明']);
  await sayAs(server, group, { sender: 'Ben', content: 'The tomatoes are red' });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Counts what the policy had to stop; must be there before the page is. */
async function countViolations(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', () => {
      const root = document.documentElement;
      root.dataset['violations'] = String(Number(root.dataset['violations'] ?? 0) + 1);
    });
  });
  return () => page.evaluate(() => Number(document.documentElement.dataset['violations'] ?? 0));
}

describe('on a phone', () => {
  const phone = { viewport: PHONE, hasTouch: true, isMobile: true };

  test('list and conversation take turns, "back" closes, and all can be hit with a thumb', async () => {
    const { page } = await signIn(browser, server, { user: 'Ben', ...phone });
    await conversation(page, 'Garden').waitFor();
    expect(await tooSmall(page)).toEqual([]);
    await conversation(page, 'Garden').tap();
    await composer(page).waitFor();
    expect(await conversation(page, 'Garden').isVisible()).toBe(false);
    expect(await tooSmall(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await page.goBack();
    await conversation(page, 'Garden').tap();
    await page.getByRole('button', { name: 'Back to the list' }).tap();
    await page.getByRole('button', { name: 'Menu of Ben' }).tap();
    await page.getByRole('link', { name: 'Playground' }).waitFor();
    expect(await tooSmall(page)).toEqual([]);
    await page.context().close();
  });
});

describe('keyboard', () => {
  test('one can come in, find, open, write, look at the bell and start anew without a mouse', async () => {
    const { page } = await visit(browser, server.url);
    const violations = await countViolations(page);
    await page.reload();
    const name = page.getByLabel('Your name');
    await expect.poll(() => isFocused(name)).toBe(true);
    await page.keyboard.type('Ana');
    await page.keyboard.press('Enter');
    await conversation(page, 'Garden').waitFor();
    await createGroup(server, 'Second', ['Ana', 'Ben']);
    await conversation(page, 'Second').waitFor();

    await tabTo(page, conversation(page, 'Second'));
    await page.keyboard.press('ArrowDown');
    expect(await isFocused(conversation(page, 'Garden'))).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => isFocused(composer(page))).toBe(true);
    await page.keyboard.type('first line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    await message(page, 'first line').waitFor();
    expect(await message(page, 'first line').locator('.bubble').textContent()).toBe(
      'first line\nsecond line',
    );
    expect(await isFocused(composer(page))).toBe(true);

    const bell = page.getByRole('button', { name: /^Notifications, / });
    await bell.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await tabTo(page, page.getByRole('tab', { name: 'All' }));
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Unread', selected: true }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => isFocused(bell)).toBe(true);

    await page.getByRole('button', { name: 'New conversation' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => isFocused(page.getByLabel('Name of the person'))).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await violations()).toBe(0);
    await page.context().close();
  });

  test('a screen reader hears new messages of others, not history and not its own', async () => {
    const { page } = await signIn(browser, server, { user: 'Ana', at: group });
    await message(page, 'tomatoes').waitFor();
    const announcer = page.locator('.thread > [aria-live=polite].visually-hidden');
    await say(page, 'my own');
    expect(await announcer.textContent()).toBe('');
    await sayAs(server, group, { sender: 'Ben', content: 'fresh news' });
    await announcer.getByText('Ben: fresh news').waitFor();
    expect(await page.getByRole('log').getAttribute('aria-live')).toBe('off');
    await page.context().close();
  });
});

/** Presses Tab until the target has the focus. */
async function tabTo(page: Page, target: ReturnType<Page['locator']>): Promise<void> {
  for (let presses = 0; presses < 25; presses += 1) {
    if (await isFocused(target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('not reached with the Tab key');
}

describe('colours and languages', () => {
  test('own messages are white on blue, in light and in dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await signIn(browser, server, { user: 'Ana', at: group, colorScheme });
      await say(page, `in the ${colorScheme}`);
      const bubble = message(page, `in the ${colorScheme}`).locator('.bubble');
      expect(await styleOf(bubble, 'background-color')).toBe('rgb(102, 126, 234)');
      expect(await styleOf(bubble, 'color')).toBe('rgb(255, 255, 255)');
      await page.context().close();
    }
  });

  test.each([
    { locale: 'zh-TW', title: '每則訊息，依序送達每部裝置', list: '對話' },
    { locale: 'zh-CN', title: '每条消息，按序送达每台设备', list: '对话' },
  ])('a browser in $locale gets the page in its language', async ({ locale, title, list }) => {
    const { page } = await visit(browser, server.url, { locale });
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByRole('button', { name: 'Ben' }).click();
    await page.getByRole('heading', { name: list, exact: true }).waitFor();
    await page.context().close();
  });
});
