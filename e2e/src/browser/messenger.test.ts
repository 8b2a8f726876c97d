import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, visit } from './chromium.ts';
import type { Visit } from './chromium.ts';
import {
  composer,
  conversation,
  createGroup,
  message,
  say,
  sayAs,
  signIn,
  texts,
} from './messenger-steps.ts';
import type { SignIn } from './messenger-steps.ts';

let server: RunningServer;
let browser: Browser;
const visitors: Visit[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

afterEach(async () => {
  const leaving = visitors.splice(0);
  expect(leaving.flatMap(({ faults }) => faults)).toEqual([]);
  await Promise.all(leaving.map(({ page }) => page.context().close()));
});

const enter = async (who: SignIn): Promise<Page> => {
  const visitor = await signIn(browser, server, who);
  visitors.push(visitor);
  return visitor.page;
};

const topOf = async (page: Page, text: string): Promise<number> => {
  const box = await message(page, text).boundingBox();
  if (box === null) throw new Error(`"${text}" is not on the screen`);
  return box.y;
};

const scrollTo = (page: Page, top: number): Promise<void> =>
  page.getByRole('log').evaluate((log, y) => log.scrollTo({ top: y }), top);

/** There, and still there when looked at again: a list that has just opened is still settling. */
const settleAt = (page: Page, top: number): Promise<void> =>
  expect
    .poll(() =>
      page.getByRole('log').evaluate((log, y) => {
        const isThere = log.scrollTop === y;
        if (!isThere) log.scrollTo({ top: y });
        return isThere;
      }, top),
    )
    .toBe(true);

describe('two people', () => {
  test('start a conversation, see each other type, and see what was read', async () => {
    const visitor = await visit(browser, server.url);
    visitors.push(visitor);
    const ana = visitor.page;
    await ana.getByLabel('Your name').fill('Ana');
    await ana.getByRole('button', { name: 'Start' }).click();
    const ben = await enter({ user: 'Ben' });

    await ana.getByRole('button', { name: 'New conversation' }).first().click();
    await ana.getByLabel('Name of the person').fill('Ben');
    await ana.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await say(ana, 'Hello Ben');
    await message(ana, 'Hello Ben').getByText('Sent').waitFor();

    await conversation(ben, 'Ana').getByText('1 unread message').waitFor({ state: 'attached' });
    expect(await ben.title()).toBe('(1) Carillon');
    await conversation(ben, 'Ana').click();
    await message(ben, 'Hello Ben').waitFor();
    await message(ana, 'Hello Ben').getByText('Read', { exact: true }).waitFor();
    await expect.poll(() => ben.title()).toBe('Carillon');

    await composer(ben).pressSequentially('Hi');
    await ana.getByRole('status').getByText('Ben is typing…').waitFor();
    await composer(ben).press('Enter');
    await message(ana, 'Hi').waitFor();
    await ana.getByText('Ben is typing…').waitFor({ state: 'detached' });
    expect(await texts(ana)).toEqual(['Hello Ben', 'Hi']);
  });

  test('a group tells who is here, and by name who has seen the last own message', async () => {
    const id = await createGroup(server, 'Lunch', ['Ana', 'Ben', 'Carl']);
    const ana = await enter({ user: 'Ana', at: id });
    const ben = await enter({ user: 'Ben', at: id });
    await ana.getByText('Ben here now').waitFor();
    await ben.getByText('Ana here now').waitFor();
    await say(ana, 'Noon?');
    await message(ana, 'Noon?').getByText('Seen by Ben').waitFor();
  });
});

describe('a long conversation', () => {
  const TOTAL = 130;
  let id: string;

  beforeAll(async () => {
    id = await createGroup(server, 'Long', ['Dora', 'Emil']);
    for (let n = 1; n <= TOTAL; n += 1) {
      await sayAs(server, id, {
        sender: 'Emil',
        content: `line ${n}. ${'word '.repeat((n * 7) % 23)}`,
      });
    }
  });

  test('opens at the end where more is unread than is loaded, and offers the way up', async () => {
    const dora = await enter({ user: 'Dora', at: id });
    await message(dora, `line ${TOTAL}.`).waitFor();
    await dora.getByRole('button', { name: '130 unread' }).waitFor();
    await sayAs(server, id, { sender: 'Emil', content: 'one more' });
    await message(dora, 'one more').waitFor();
  });

  test('opens at the line before what is new, where that is loaded', async () => {
    const gina = await createGroup(server, 'New lines', ['Gina', 'Emil']);
    await sayAs(server, gina, { sender: 'Gina', content: 'read long ago' });
    for (let n = 1; n <= 30; n += 1) {
      await sayAs(server, gina, { sender: 'Emil', content: `news ${n}.` });
    }
    const page = await enter({ user: 'Gina', at: gina });
    await page.getByText('New messages', { exact: true }).waitFor();
    await message(page, 'news 1.').waitFor();
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await message(page, 'news 30.').waitFor();
  });

  test('older messages are put before the one under the eye, which does not move', async () => {
    const dora = await enter({ user: 'Dora', at: id });
    await message(dora, 'one more').waitFor();
    await settleAt(dora, 700);
    const anchor = await dora.evaluate(() => {
      const top = document.querySelector('[role=log]')?.getBoundingClientRect().top ?? 0;
      const first = [...document.querySelectorAll('.bubble')].find(
        (bubble) => bubble.getBoundingClientRect().top > top + 40,
      );
      return first?.textContent.split(' ').slice(0, 2).join(' ') ?? '';
    });
    expect(anchor).toMatch(/^line \d+\.$/);
    const expected = (await topOf(dora, anchor)) + 200;
    const heightOf = () => dora.getByRole('log').evaluate((log) => log.scrollHeight);
    const heightBefore = await heightOf();
    await scrollTo(dora, 500);
    await expect.poll(heightOf).toBeGreaterThan(heightBefore + 1_000);
    await expect.poll(async () => Math.abs((await topOf(dora, anchor)) - expected)).toBeLessThan(4);
    expect(await dora.locator('.row').count()).toBeLessThan(60);
  });

  test('who has scrolled up is not moved by what comes, and is told how much there is', async () => {
    const dora = await enter({ user: 'Dora', at: id });
    await message(dora, 'one more').waitFor();
    await settleAt(dora, 1_500);
    await dora.getByRole('button', { name: 'To the newest message' }).waitFor();
    const scrolled = () => dora.getByRole('log').evaluate((log) => log.scrollTop);
    const before = await scrolled();
    await sayAs(server, id, { sender: 'Emil', content: 'fresh one' });
    await sayAs(server, id, { sender: 'Emil', content: 'fresh two' });
    await dora.getByRole('button', { name: '2 new messages' }).waitFor();
    expect(Math.abs((await scrolled()) - before)).toBeLessThan(4);
    await dora.getByRole('button', { name: '2 new messages' }).click();
    await message(dora, 'fresh two').waitFor();
    await say(dora, 'own ones are always shown');
  });
});

test('a draft waits in its conversation, also over a reload', async () => {
  const one = await createGroup(server, 'Drafts one', ['Fay', 'Gus']);
  const two = await createGroup(server, 'Drafts two', ['Fay', 'Gus']);
  const page = await enter({ user: 'Fay', at: one });
  await composer(page).fill('half a thought');
  await conversation(page, 'Drafts two').click();
  await page.getByRole('heading', { name: 'Drafts two' }).waitFor();
  expect(await composer(page).inputValue()).toBe('');
  await conversation(page, 'Drafts one').getByText('Draft: half a thought').waitFor();
  await page.goto(`${server.url}/?user=Fay#c/${one}`);
  await page.reload();
  await expect.poll(() => composer(page).inputValue()).toBe('half a thought');
  expect(two).not.toBe(one);
});

test('the list is searched by title and by people', async () => {
  await createGroup(server, 'Garden', ['Hal', 'Ivy']);
  await createGroup(server, 'Kitchen', ['Hal', 'Jon']);
  const page = await enter({ user: 'Hal' });
  await conversation(page, 'Kitchen').waitFor();
  await page.getByRole('searchbox').fill('ivy');
  await conversation(page, 'Kitchen').waitFor({ state: 'detached' });
  await conversation(page, 'Garden').waitFor();
  await page.getByRole('searchbox').fill('nobody');
  await page.getByText('Nothing matches “nobody”.').waitFor();
});
