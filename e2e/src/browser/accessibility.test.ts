import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bubble, composer, join, message, nameField, notice, say, styleOf } from './chat-steps.ts';
import { launchChromium, PHONE, visit } from './chromium.ts';
import {
  isFocused,
  LOOKS,
  scrollsSideways,
  seriousViolations,
  tooSmall,
  withAxe,
} from './usability.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

describe.each(LOOKS)('$name', ({ name, options }) => {
  const room = encodeURIComponent(name);

  test('axe finds nothing serious on the way into the room and in it', async () => {
    const { page } = await visit(browser, `${server.url}/chat?room=${room}`, withAxe(options));
    expect(await seriousViolations(page)).toEqual([]);
    await join(page, 'Ana');
    await say(page, 'hello');
    const ben = await visit(browser, `${server.url}/chat?room=${room}`);
    await join(ben.page, 'Ben');
    await say(ben.page, 'hello Ana');
    await message(page, 'hello Ana').waitFor();
    await notice(page, 'Ben joined the chat').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    await ben.page.context().close();
  });
});

describe('touch', () => {
  test('whatever can be pressed on a phone is at least 44 px high', async () => {
    const options = { viewport: PHONE, hasTouch: true, isMobile: true };
    const chat = await visit(browser, `${server.url}/chat?room=touch`, options);
    expect(await tooSmall(chat.page)).toEqual([]);
    await join(chat.page, 'Ana');
    await chat.page.getByRole('button', { name: /^Here now/ }).click();
    expect(await tooSmall(chat.page)).toEqual([]);
  });
});

describe('keyboard', () => {
  test('one can come in, write, write privately, stop, and leave without a mouse', async () => {
    const ben = await visit(browser, `${server.url}/chat?room=keys`);
    await join(ben.page, 'Ben');
    const { page } = await visit(browser, `${server.url}/chat?room=keys`);
    await expect.poll(() => isFocused(nameField(page))).toBe(true);
    await page.keyboard.type('Ana');
    await page.keyboard.press('Enter');
    await page.getByText('heartbeat on').waitFor();
    await page.keyboard.type('first line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    await message(page, 'first line').waitFor();
    expect(await bubble(page, 'first line').textContent()).toBe('first line\nsecond line');
    expect(await isFocused(composer(page))).toBe(true);

    const person = page
      .getByRole('complementary')
      .getByRole('button', { name: /privately to Ben/ });
    await person.waitFor();
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      if (await isFocused(person)) break;
    }
    await page.keyboard.press('Enter');
    await page.keyboard.type('between us');
    await page.keyboard.press('Enter');
    await message(ben.page, 'between us').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('button', { name: 'Write to everybody again' }).count()).toBe(0);

    const leave = page.getByRole('complementary').getByRole('button', { name: 'Disconnect' });
    await leave.focus();
    await page.keyboard.press('Enter');
    await nameField(page).waitFor();
    expect(await isFocused(nameField(page))).toBe(true);
  });

  test('a screen reader hears new messages of others, not history and not its own', async () => {
    const ben = await visit(browser, `${server.url}/chat?room=voice`);
    await join(ben.page, 'Ben');
    await say(ben.page, 'old news');
    const { page } = await visit(browser, `${server.url}/chat?room=voice`);
    await join(page, 'Ana');
    await message(page, 'old news').waitFor();
    const announcer = page.locator('[aria-live=polite].visually-hidden');
    expect(await announcer.textContent()).toBe('');
    await say(page, 'my own');
    expect(await announcer.textContent()).toBe('');
    await say(ben.page, 'fresh news');
    await announcer.getByText('Ben says: fresh news').waitFor();
    expect(await page.getByRole('log').getAttribute('aria-live')).toBe('off');
  });
});

describe('colours and languages', () => {
  test('dark keeps the blue of own messages and can be switched, and is remembered', async () => {
    const { page } = await visit(browser, `${server.url}/chat?room=dark`, { colorScheme: 'dark' });
    await join(page, 'Ana');
    await say(page, 'good evening');
    expect(await styleOf(bubble(page, 'good evening'), 'background-color')).toBe(
      'rgb(102, 126, 234)',
    );
    expect(await styleOf(page.locator('html'), 'color-scheme')).toBe('dark');
    await page
      .getByRole('complementary')
      .getByRole('button', { name: /light colours/ })
      .click();
    await page.reload();
    expect(await styleOf(page.locator('html'), 'color-scheme')).toBe('light');
  });

  test.each([
    { locale: 'zh-TW', title: '加入對話', tag: 'zh-Hant', state: '已連線，心跳正常' },
    { locale: 'zh-CN', title: '加入对话', tag: 'zh-Hans', state: '已连接，心跳正常' },
    {
      locale: 'en-GB',
      title: 'Join the conversation',
      tag: 'en',
      state: 'Connected, heartbeat on',
    },
  ])(
    'a browser in $locale gets the page in its language',
    async ({ locale, title, tag, state }) => {
      const { page } = await visit(browser, `${server.url}/chat?room=lang`, { locale });
      await page.getByRole('heading', { name: title }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe(tag);
      await join(page, `visitor-${tag}`);
      await page.getByText(state).first().waitFor();
    },
  );

  test('the language chosen by hand is remembered, and the server speaks it too', async () => {
    const { page } = await visit(browser, `${server.url}/chat?room=switch`);
    await page.getByLabel('Language').selectOption('zh-Hant');
    await page.reload();
    await page.getByRole('heading', { name: '加入對話' }).waitFor();
    await join(page, 'Ana');
    const ben = await visit(browser, `${server.url}/chat?room=switch`);
    await join(ben.page, 'Ben');
    await notice(page, 'Ben 加入了聊天室').waitFor();
  });
});
