/**
 * The pictures of the documentation, taken from the running pages. `UPDATE_SCREENSHOTS=1` writes
 * them; otherwise it is only checked that the scenes can be set.
 */
import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { mkdir, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PlainClient } from '../plain/plain-client.ts';
import { postAsBackend } from './backend.ts';
import { join, message, say } from './chat-steps.ts';
import { launchChromium, PHONE, visit } from './chromium.ts';
import { call, composer, createGroup, sayAs, signIn } from './messenger-steps.ts';

const IMAGES = joinPath(import.meta.dirname, '..', '..', '..', 'docs', 'images');

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Nobody of one scene is still there in the next. */
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

async function take(page: Page, name: string): Promise<void> {
  const image = await page.screenshot();
  expect(image.length).toBeGreaterThan(10_000);
  if (process.env['UPDATE_SCREENSHOTS'] !== '1') return;
  await mkdir(IMAGES, { recursive: true });
  await writeFile(joinPath(IMAGES, name), image);
}

const phone = { viewport: PHONE, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

test('pictures of the chat', async () => {
  const url = `${server.url}/chat`;
  const ana = await visit(browser, url);
  await take(ana.page, 'chat-join.png');
  await join(ana.page, 'Ana');
  await say(ana.page, 'Good morning! Did the deploy go through?');
  const ben = await visit(browser, url, phone);
  await join(ben.page, 'Ben');
  await say(ben.page, 'Morning. Yes, at 9:40, and nobody noticed.');
  await say(ben.page, 'Two nodes restarted, not one message lost.');
  await message(ana.page, 'not one message lost').waitFor();
  await say(ana.page, 'Wonderful 🎉');
  const ming = await visit(browser, url, { locale: 'zh-TW', colorScheme: 'dark' });
  await join(ming.page, '小明');
  await say(ming.page, '大家早，我錯過了什麼？');
  const people = ana.page.getByRole('complementary');
  await people.getByRole('button', { name: 'Write privately to Ben' }).click();
  await say(ana.page, 'Cake at four, do not tell 小明.');
  await ana.page.keyboard.press('Escape');
  await message(ben.page, 'Cake at four').waitFor();
  await people.getByRole('button', { name: 'Write privately to 小明' }).waitFor();
  await take(ana.page, 'chat.png');
  await take(ben.page, 'chat-phone.png');
  await take(ming.page, 'chat-dark.png');
});

/** A sunrise, painted and pasted: every picture of the documentation comes from the program itself. */
async function pasteSunrise(page: Page): Promise<void> {
  await composer(page).evaluate(async (field) => {
    const canvas = new OffscreenCanvas(960, 540);
    const paint = canvas.getContext('2d');
    if (paint === null) throw new Error('no canvas');
    const sky = paint.createLinearGradient(0, 0, 0, 400);
    for (const [part, colour] of [
      [0, '#2b3a8c'],
      [0.55, '#b96bb0'],
      [0.8, '#ff9d6c'],
      [1, '#ffd58a'],
    ] as const) {
      sky.addColorStop(part, colour);
    }
    paint.fillStyle = sky;
    paint.fillRect(0, 0, 960, 540);
    paint.fillStyle = '#fff3c4';
    paint.beginPath();
    paint.arc(620, 360, 70, 0, 7);
    paint.fill();
    for (const [base, height, colour] of [
      [400, 90, '#7a5c9e'],
      [450, 70, '#4b4583'],
      [500, 50, '#2a2f5f'],
    ] as const) {
      paint.fillStyle = colour;
      paint.beginPath();
      paint.moveTo(0, 540);
      for (let x = 0; x <= 960; x += 8) {
        paint.lineTo(x, base - height * Math.sin(x / (90 + height)) * Math.cos(x / 310));
      }
      paint.lineTo(960, 540);
      paint.fill();
    }
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob], 'sunrise.png', { type: 'image/png' }));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  });
}

interface Scene {
  readonly group: string;
}

/** Five conversations of Ana, notifications, and a task under way. */
async function setScene(): Promise<Scene> {
  const group = await createGroup(server, 'Lake house', ['Ana', 'Ben', 'Clara', '小明']);
  const lines: readonly (readonly [string, string])[] = [
    ['Clara', 'The keys are with the neighbour, the red door.'],
    ['Clara', 'And the boat is ours for the whole weekend 🚣'],
    ['Ana', 'You are wonderful!'],
    ['小明', '我帶茶和麻糬。'],
    ['Ben', 'I can drive. Train or car?'],
  ];
  for (const [title, sender, content] of [
    ['Release 2.4', 'Dmitri', 'Two nodes restarted, not one message lost.'],
    ['Choir', 'Emilia', 'Rehearsal moved to Thursday, 19:30'],
  ] as const) {
    const id = await createGroup(server, title, ['Ana', sender]);
    await sayAs(server, id, { sender, content });
  }
  for (const [sender, content] of [
    ['Grandma', 'Call me when you have a minute, dear'],
    ['Ben', 'Did you see the forecast?'],
  ] as const) {
    const created = await call(server, '/api/v1/conversations', {
      kind: 'direct',
      members: [sender],
      user: 'Ana',
    });
    await sayAs(server, String(created['id']), { sender, content });
  }
  for (const [sender, content] of lines) await sayAs(server, group, { sender, content });
  for (const [title, content, source, type] of [
    ['Invoice ready', 'October, three pages.', 'Billing', 'info'],
    ['Backup finished', '412 files, nothing left out.', 'Storage', 'success'],
    ['Disk almost full', 'Node b has 6% left.', 'Operations', 'warning'],
  ] as const) {
    const body = { users: ['Ana'], title, content, source, type };
    await postAsBackend(server, '/api/v1/notifications', body);
  }
  const task = '/api/v1/tasks/summary-7';
  await postAsBackend(server, `${task}/start`, { owner: 'Ana', title: 'Summary of the week' });
  await postAsBackend(server, `${task}/progress`, { message: 'Writing', progress: 64 });
  const text = 'Forty-one tickets were closed, nine of them on Friday. The slowest was the import ';
  await postAsBackend(server, `${task}/chunks`, { index: 0, chunks: text.split(/(?<= )/) });
  const done = { owner: 'Ana', title: 'Import contacts', total_steps: 4 };
  await postAsBackend(server, '/api/v1/tasks/import-7/start', done);
  await postAsBackend(server, '/api/v1/tasks/import-7/complete', { message: '1,204 people' });
  return { group };
}

test('pictures of the messenger', async () => {
  const { group } = await setScene();
  const start = await visit(browser, server.url);
  await start.page.getByLabel('Your name').waitFor();
  await take(start.page, 'sign-in.png');

  const ana = await signIn(browser, server, { user: 'Ana', at: group });
  const ben = await signIn(browser, server, { user: 'Ben', at: group });
  await pasteSunrise(ana.page);
  await ana.page.getByText('Ready to send').waitFor();
  await composer(ana.page).fill('From the jetty, last year');
  await composer(ana.page).press('Enter');
  await message(ben.page, 'From the jetty').getByRole('img').waitFor();
  await message(ana.page, 'From the jetty').getByText('Seen by Ben').waitFor();
  await composer(ben.page).pressSequentially('Then the car');
  await ana.page.getByText('Ben is typing…').waitFor();
  await take(ana.page, 'messenger.png');

  await ana.page.getByRole('button', { name: /^Notifications, / }).click();
  await ana.page.getByText('Disk almost full').waitFor();
  await take(ana.page, 'messenger-bell.png');
  await ana.page.keyboard.press('Escape');
  await ana.page.getByRole('button', { name: /^Tasks, / }).click();
  await ana.page.getByText('Forty-one tickets').first().waitFor();
  await take(ana.page, 'messenger-tasks.png');

  const list = await signIn(browser, server, { user: 'Ana', ...phone });
  await list.page.getByText('Choir').waitFor();
  await take(list.page, 'messenger-phone-list.png');
  const dark = { locale: 'zh-TW', colorScheme: 'dark', ...phone } as const;
  const ming = await signIn(browser, server, { user: '小明', at: group, ...dark });
  await message(ming.page, 'From the jetty').getByRole('img').waitFor();
  await take(ming.page, 'messenger-phone.png');
}, 40_000);

const PEOPLE = ['Aino', 'Béla', 'Chiara', 'Dmitri', 'Elif', 'Femi', 'Greta', 'Hiro', 'Inés', 'Jun'];
const DEVICES = ['desktop', 'mobile', 'mobile', 'tablet', 'desktop'];

/** People who come one by one and are told something now and then. */
async function bustle(seconds: number): Promise<PlainClient[]> {
  const clients: PlainClient[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const user = PEOPLE[second % PEOPLE.length] ?? '';
    const device = DEVICES[(second + Math.floor(second / PEOPLE.length)) % DEVICES.length] ?? '';
    const url = new URL('/api/ws/notifications', server.wsUrl);
    url.search = new URLSearchParams({ token: await server.token(user), device }).toString();
    clients.push(await PlainClient.open(url.href));
    const users = PEOPLE.slice(0, 2 + ((second * 7) % PEOPLE.length));
    const body = { users: [...users, `away-${second}`], title: `Release ${second}` };
    await postAsBackend(server, '/api/v1/notifications', body);
    if (seconds > 1) await pause(1_000);
  }
  return clients;
}

test('pictures of the console', async () => {
  const { page } = await visit(browser, `${server.url}/console`);
  await page.getByRole('button', { name: 'Log in for development' }).click();
  await page.getByText('Connections and users').waitFor();
  const clients = await bustle(process.env['UPDATE_SCREENSHOTS'] === '1' ? 40 : 1);
  const tile = page.locator('.co-tiles > div', { hasText: 'Connections' }).locator('dd');
  await expect.poll(() => tile.textContent()).toBe(String(clients.length));
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await take(page, 'console.png');
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('button', { name: 'Send (Aino)' }).waitFor();
  await take(page, 'console-users.png');
  const small = await visit(browser, `${server.url}/console#notify`, {
    ...phone,
    locale: 'zh-TW',
    colorScheme: 'dark',
  });
  await small.page.getByRole('button', { name: '以開發身分登入' }).click();
  await small.page.getByLabel('所有人').check();
  await small.page.getByLabel('標題').fill('今晚十點維護');
  await small.page.getByRole('button', { name: '發送通知' }).click();
  await small.page.getByRole('dialog', { name: '要通知所有人嗎？' }).waitFor();
  await take(small.page, 'console-phone.png');
  for (const client of clients) client.terminate();
}, 90_000);
