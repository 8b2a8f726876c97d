/** Desktop notifications of simulated tabs, with a scripted desktop. */
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { SimulatedBrowser } from '../../../testkit/src/sdk/simulated-browser.ts';
import { createSeededRandom } from '../../../testkit/src/seeded-random.ts';
import type { Inbox, Notification } from '../inbox/inbox.ts';
import { createListeners } from '../listeners.ts';
import { createDesktopNotifications, type DesktopPermission } from './desktop-notifications.ts';

const notification: Notification = {
  id: 'n1',
  seq: 1,
  title: 'Order shipped',
  content: 'It arrives on Friday.',
  type: 'info',
  link: '/orders/7',
  source: null,
  created_at: '2026-11-20T10:00:00.000Z',
  status: 'unread',
};

/** Two tabs of one application that hear the same. */
async function twoTabs(lookedAt: readonly [boolean, boolean], granted: DesktopPermission) {
  const clock = createFakeClock();
  const browser = new SimulatedBrowser(clock, createSeededRandom(3));
  const heard = createListeners<Notification>();
  const shown: (readonly [tab: number, title: string, tag: string | undefined])[] = [];
  const clicks: (() => void)[] = [];
  const opened: string[] = [];
  let asked = 0;
  let isUserActive = false;
  const tabs = lookedAt.map((isLookedAt, place) => {
    const tab = browser.openTab();
    const desktop = createDesktopNotifications({
      // Of the inbox only this is used.
      inbox: { onNotification: heard.add } as Partial<Inbox> as Inbox,
      tabs: tab,
      clock,
      onClick: ({ link }) => opened.push(String(link)),
      desktop: {
        permission: () => granted,
        request: () => {
          asked += 1;
          return Promise.resolve('granted');
        },
        isUserActive: () => isUserActive,
        isLookedAt: () => isLookedAt,
        show: (title, { tag }, onClick) => {
          shown.push([place, title, tag]);
          clicks.push(onClick);
        },
      },
    });
    return { tab, desktop };
  });
  await clock.advance(10);
  return {
    clock,
    tabs,
    shown,
    clicks,
    opened,
    tell: async (change: Partial<Notification> = {}) => {
      heard.emit({ ...notification, ...change });
      await clock.advance(1_000);
    },
    click: () => {
      isUserActive = true;
    },
    asked: () => asked,
  };
}

test('one tab shows it, with the id as its tag, and a click goes to the link', async () => {
  const { tell, shown, clicks, opened } = await twoTabs([false, false], 'granted');
  await tell();
  expect(shown).toEqual([[0, 'Order shipped', 'n1']]);
  clicks[0]?.();
  expect(opened).toEqual(['/orders/7']);
});

test.each([
  { lookedAt: [true, false] as const, which: 'the one that would show it' },
  { lookedAt: [false, true] as const, which: 'another one' },
])('nothing is shown while a tab is looked at: $which', async ({ lookedAt }) => {
  const { tell, shown } = await twoTabs(lookedAt, 'granted');
  await tell();
  expect(shown).toEqual([]);
});

test('when the tab that shows them is gone, another one does', async () => {
  const { tabs, clock, tell, shown } = await twoTabs([false, false], 'granted');
  tabs[0]?.desktop.close();
  tabs[0]?.tab.crash();
  await clock.advance(100);
  await tell();
  expect(shown).toEqual([[1, 'Order shipped', 'n1']]);
});

test('what is read already, or not allowed, is not shown', async () => {
  const read = await twoTabs([false, false], 'granted');
  await read.tell({ status: 'read' });
  expect(read.shown).toEqual([]);
  const denied = await twoTabs([false, false], 'denied');
  await denied.tell();
  expect(denied.shown).toEqual([]);
});

test('the person is asked from a click only', async () => {
  const { tabs, click, asked } = await twoTabs([true, true], 'default');
  await expect(tabs[0]?.desktop.request()).resolves.toBe('default');
  expect(asked()).toBe(0);
  click();
  await expect(tabs[0]?.desktop.request()).resolves.toBe('granted');
  expect(tabs[0]?.desktop.permission.get()).toBe('granted');
});
