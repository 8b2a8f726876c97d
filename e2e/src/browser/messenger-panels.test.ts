import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { postAsBackend } from './backend.ts';
import { launchChromium, visit } from './chromium.ts';
import type { Visit } from './chromium.ts';
import { composer, createGroup, message, signIn } from './messenger-steps.ts';
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

const notify = (user: string, title: string): Promise<void> =>
  postAsBackend(server, '/api/v1/notifications', { users: [user], title, content: 'x' });

const bell = (page: Page, unread: number) =>
  page.getByRole('button', { name: `Notifications, ${unread} unread` });

const panelOf = (page: Page) => page.getByRole('dialog', { name: 'Notifications' });

describe('the bell', () => {
  test('rings, and what is read on one page is read on the other within a second', async () => {
    const one = await enter({ user: 'Bella' });
    const two = await enter({ user: 'Bella' });
    await bell(one, 0).waitFor();
    await notify('Bella', 'Order shipped');
    await notify('Bella', 'Invoice ready');
    await bell(one, 2).click();
    await bell(two, 2).waitFor();
    expect(await two.title()).toBe('(2) Carillon');

    await panelOf(one)
      .getByRole('button', { name: /Invoice ready x/ })
      .click();
    await bell(one, 1).waitFor();
    await bell(two, 1).waitFor();
    await panelOf(one).getByRole('button', { name: 'Mark all as read' }).click();
    await bell(two, 0).waitFor();
    await panelOf(one).getByRole('button', { name: 'Undo' }).click();
    await bell(two, 1).waitFor();
    await one.keyboard.press('Escape');
    await panelOf(one).waitFor({ state: 'hidden' });
    await expect
      .poll(() => one.evaluate(() => document.activeElement?.ariaLabel ?? ''))
      .toMatch(/^Notif/);
    await one.reload();
    await bell(one, 1).waitFor();
  });

  test('keeps what is archived in a tab of its own, from where it can be taken back', async () => {
    const page = await enter({ user: 'Arno' });
    await notify('Arno', 'Old news');
    await bell(page, 1).click();
    const panel = panelOf(page);
    await panel.getByRole('button', { name: 'Archive: Old news' }).click();
    await panel.getByText('Nothing yet.').waitFor();
    await panel.getByRole('tab', { name: 'Archived' }).click();
    await panel.getByRole('button', { name: 'Take back: Old news' }).click();
    await panel.getByText('Nothing is archived.').waitFor();
    await panel.getByRole('tab', { name: 'All' }).click();
    await panel.getByText('Old news').waitFor();
  });

  test('loads older ones when one comes to the end, and says where the end is', async () => {
    for (let n = 1; n <= 60; n += 1) await notify('Cora', `News ${n}.`);
    const page = await enter({ user: 'Cora' });
    await bell(page, 60).click();
    const panel = panelOf(page);
    await panel.getByText('News 60.').waitFor();
    await expect
      .poll(async () => {
        await panel.getByRole('tabpanel').evaluate((list) => list.scrollTo({ top: 1e6 }));
        return panel.getByText('That is all').isVisible();
      })
      .toBe(true);
    expect(await panel.locator('.notification').count()).toBe(60);
  });
});

describe('tasks', () => {
  test('bars and text follow the work, and the text is there again after a reload', async () => {
    const page = await enter({ user: 'Tess' });
    const task = '/api/v1/tasks/report-1';
    await postAsBackend(server, `${task}/start`, {
      owner: 'Tess',
      title: 'Report',
      total_steps: 4,
    });
    await page.getByRole('button', { name: 'Tasks, 1 running' }).click();
    const bar = page.getByRole('progressbar', { name: 'Report' });
    expect(await bar.getAttribute('aria-valuenow')).toBe('0');
    const half = { message: 'Reading', step: 2, total_steps: 4, progress: 50 };
    await postAsBackend(server, `${task}/progress`, half);
    await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe('50');
    expect(await bar.getAttribute('aria-valuetext')).toBe('50%, Reading · Step 2 of 4');

    await postAsBackend(server, `${task}/chunks`, { index: 0, chunks: ['Sales ', 'went '] });
    const output = page.getByRole('region', { name: 'Text of Report' });
    await output.getByText('Sales went').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Tasks, 1 running' }).click();
    await output.getByText('Sales went').waitFor();
    await postAsBackend(server, `${task}/chunks`, { index: 2, chunks: ['up.'] });
    await output.getByText('Sales went up.').waitFor();
    await postAsBackend(server, `${task}/complete`, {});
    await page.getByText('Completed').waitFor();
    expect(await bar.getAttribute('aria-valuenow')).toBe('100');
    await page.getByRole('button', { name: 'Show the text' }).click();
    await output.getByText('Sales went up.').waitFor();
  });

  test('who asks a task to stop sees that it was asked, and then that it has stopped', async () => {
    const page = await enter({ user: 'Tom' });
    const task = '/api/v1/tasks/import-1';
    await postAsBackend(server, `${task}/start`, { owner: 'Tom', title: 'Import' });
    await page.getByRole('button', { name: 'Tasks, 1 running' }).click();
    await page.getByRole('button', { name: 'Cancel Import' }).click();
    await page.getByText('Cancelling…').waitFor();
    await postAsBackend(server, `${task}/cancelled`, {});
    await page.getByText('Cancelled', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Tasks, 0 running' }).waitFor();
  });
});

/** A picture on the clipboard, pasted into the field. */
async function pastePicture(page: Page): Promise<void> {
  await composer(page).evaluate(async (field) => {
    const canvas = new OffscreenCanvas(240, 120);
    const paint = canvas.getContext('2d');
    if (paint === null) throw new Error('no canvas');
    paint.fillStyle = '#fbbf24';
    paint.fillRect(0, 0, 240, 120);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob], 'sunrise.png', { type: 'image/png' }));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  });
}

describe('files', () => {
  test('a pasted picture is uploaded, sent with its caption, and seen by the other', async () => {
    const id = await createGroup(server, 'Pictures', ['Pia', 'Quin']);
    const pia = await enter({ user: 'Pia', at: id });
    const quin = await enter({ user: 'Quin', at: id });
    await pastePicture(pia);
    await pia.getByText('Ready to send').waitFor();
    await composer(pia).fill('This morning');
    await composer(pia).press('Enter');
    const picture = message(quin, 'This morning').getByRole('img', { name: 'Open sunrise.png' });
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth))
      .toBe(240);
    expect(await picture.evaluate((img: HTMLImageElement) => img.clientWidth)).toBe(240);
    await message(pia, 'This morning')
      .getByText(/Sent|Seen/)
      .waitFor();
  });

  test('an upload can be stopped, and a file is offered for download', async () => {
    const id = await createGroup(server, 'Files', ['Ron', 'Sue']);
    const page = await enter({ user: 'Ron', at: id });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/v1/uploads', async (route) => {
      await held;
      // The page has given it up itself by then.
      await route.abort().catch(() => undefined);
    });
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') });
    await page.getByRole('progressbar', { name: 'Uploading notes.txt' }).waitFor();
    await page.getByRole('button', { name: 'Cancel the upload of notes.txt' }).click();
    await page.getByText('notes.txt').waitFor({ state: 'detached' });
    release();
    await page.unroute('**/api/v1/uploads');

    await page.locator('input[type=file]').setInputFiles({
      name: 'report.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4\n%%EOF\n'),
    });
    await page.getByText('Ready to send').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('link', { name: 'Download report.pdf' }).waitFor();
    await page.locator('.message.own:not(.pending)').waitFor();
  });

  test('a voice note is recorded, thrown away or sent, and can be played by the other', async () => {
    const id = await createGroup(server, 'Voices', ['Uma', 'Vic']);
    const uma = await enter({ user: 'Uma', at: id });
    const vic = await enter({ user: 'Vic', at: id });
    const record = uma.getByRole('button', { name: 'Record a voice note' });
    await record.click();
    await uma.getByRole('button', { name: 'Throw the voice note away' }).click();
    await record.click();
    await uma.getByText('0:01').waitFor();
    await uma.getByRole('button', { name: 'Send the voice note' }).click();
    await uma.getByText('Ready to send').waitFor();
    await uma.getByRole('button', { name: 'Send', exact: true }).click();
    await uma.locator('.message.own:not(.pending) .voice').waitFor();
    expect(await uma.locator('.message').count()).toBe(1);
    await vic.getByRole('button', { name: 'Play the voice note' }).click();
    await vic.getByRole('button', { name: 'Pause the voice note' }).waitFor();
    await vic.getByRole('button', { name: 'Play the voice note' }).waitFor();
  });
});

test('a conversation that is not there, or not mine, says so', async () => {
  const id = await createGroup(server, 'Private', ['Wes', 'Xia']);
  for (const hash of [id, 'nothing-here']) {
    const { page } = await visit(browser, `${server.url}/?user=Yan#c/${hash}`);
    await page.getByRole('alert').getByText('This conversation could not be loaded.').waitFor();
    expect(await composer(page).count()).toBe(0);
    await page.context().close();
  }
});
