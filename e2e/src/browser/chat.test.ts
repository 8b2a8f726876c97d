import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bubble, composer, join, message, notice, say, styleOf } from './chat-steps.ts';
import { launchChromium, visit } from './chromium.ts';
import type { Visit } from './chromium.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

const guests: Visit[] = [];

afterEach(async () => {
  const visits = guests.splice(0);
  expect(visits.flatMap(({ faults }) => faults)).toEqual([]);
  await Promise.all(visits.map(({ page }) => page.context().close()));
});

const enter = async (name: string, room: string) => {
  const guest = await visit(browser, `${server.url}/chat?room=${room}`);
  guests.push(guest);
  await join(guest.page, name);
  return guest;
};

const boxOf = async (target: Locator) => {
  const box = await target.boundingBox();
  if (box === null) throw new Error('not on the screen');
  return { left: box.x, right: box.x + box.width, centre: box.x + box.width / 2 };
};

test.each(['/', '/chat'])(
  '%s is served under a policy without inline scripts or styles',
  async (path) => {
    const policy = (await fetch(server.url + path)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
  },
);

describe('two people in a room', () => {
  test('own messages stand right in blue, those of others left in white, notices centred in yellow', async () => {
    const ana = await enter('Ana', 'looks');
    const ben = await enter('Ben', 'looks');
    await notice(ana.page, 'Ben joined the chat').waitFor();
    await say(ana.page, 'hello from Ana');
    await say(ben.page, 'hello from Ben');
    await message(ana.page, 'hello from Ben').waitFor();

    const own = bubble(ana.page, 'hello from Ana');
    expect(await styleOf(own, 'background-color')).toBe('rgb(102, 126, 234)');
    expect(await styleOf(own, 'color')).toBe('rgb(255, 255, 255)');
    const other = bubble(ana.page, 'hello from Ben');
    expect(await styleOf(other, 'background-color')).toBe('rgb(255, 255, 255)');
    const joined = notice(ana.page, 'Ben joined');
    expect(await styleOf(joined, 'background-color')).toBe('rgb(254, 243, 199)');

    const list = await boxOf(ana.page.getByRole('log').locator('ol'));
    expect(Math.abs((await boxOf(own)).right - list.right)).toBeLessThan(2);
    expect((await boxOf(other)).left - list.left).toBeLessThan(60);
    expect(Math.abs((await boxOf(joined)).centre - list.centre)).toBeLessThan(2);

    const times = await ana.page.locator('.message time, .system time').all();
    expect(times).toHaveLength(3);
    for (const time of times) {
      expect(await time.getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
  });

  test('a private message reaches the one person and is marked on both sides', async () => {
    const ana = await enter('Ana', 'secrets');
    const ben = await enter('Ben', 'secrets');
    const eve = await enter('Eve', 'secrets');
    await ana.page
      .getByRole('complementary')
      .getByRole('button', { name: 'Write privately to Ben' })
      .click();
    await say(ana.page, 'only for you');
    expect(await message(ana.page, 'only for you').textContent()).toContain('Private to Ben');
    await message(ben.page, 'only for you').waitFor();
    expect(await message(ben.page, 'only for you').textContent()).toContain('Private');
    await ana.page.keyboard.press('Escape');
    await say(ana.page, 'for everybody');
    await message(eve.page, 'for everybody').waitFor();
    expect(await message(eve.page, 'only for you').count()).toBe(0);
  });

  test('who joins sees what was said before, then a divider, then what is new', async () => {
    const ana = await enter('Ana', 'history');
    await say(ana.page, 'said before');
    const ben = await enter('Ben', 'history');
    await say(ben.page, 'said after');
    const rows = await ben.page.locator('.message, .divider').allTextContents();
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain('said before');
    expect(rows[1]).toBe('Earlier messages above');
    expect(rows[2]).toContain('said after');
  });

  test('an error of the server is shown kindly, and the message can be sent again', async () => {
    const ana = await enter('Ana', 'hurry');
    for (let i = 0; i < 30; i += 1) {
      await composer(ana.page).fill(`quick ${i}`);
      await composer(ana.page).press('Enter');
    }
    await ana.page.getByRole('alert').getByText('faster than the server allows').waitFor();
    expect(await ana.page.getByRole('button', { name: 'Retry' }).count()).toBeGreaterThan(0);
    await ana.page.getByRole('button', { name: 'Delete' }).first().click();
  });

  test('who is turned away is told why, and keeps what was typed', async () => {
    const { page } = await visit(browser, `${server.url}/chat?name=Ana&token=no.real.token`);
    expect(page.url()).not.toContain('token');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('alert').getByText('did not let you in').waitFor();
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ana');
  });

  test('a reader who has scrolled up stays there and is told how much is new', async () => {
    const ana = await enter('Ana', 'scroll');
    const ben = await enter('Ben', 'scroll');
    for (let i = 0; i < 12; i += 1) await say(ana.page, `line ${i}`);
    const log = ben.page.getByRole('log');
    await ben.page.getByText('line 11', { exact: true }).waitFor();
    await log.evaluate((element) => element.scrollTo({ top: 0 }));
    await say(ana.page, 'one more');
    const button = ben.page.getByRole('button', { name: '1 new message' });
    await button.waitFor();
    expect(await log.evaluate((element) => element.scrollTop)).toBe(0);
    await button.click();
    await button.waitFor({ state: 'detached' });
    const gap = await log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight);
    expect(gap).toBeLessThan(2);
  });
});
