/** The bell over a scripted server. */
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testkit/src/fake-clock.ts';
import { ScriptedClient, ScriptedStreams } from '../../../testkit/src/sdk/scripted-streams.ts';
import { CarillonError } from '../carillon-error.ts';
import { createInbox } from './create-inbox.ts';
import type { InboxCounts, Notification } from './inbox.ts';

const notification = (seq: number): Notification => ({
  id: `n${seq}`,
  seq,
  title: `title ${seq}`,
  content: '',
  type: 'info',
  link: null,
  source: null,
  created_at: '2026-11-20T10:00:00.000Z',
  status: 'unread',
});

async function inboxWith(count: number) {
  const clock = createFakeClock();
  const streams = new ScriptedStreams();
  const stored = Array.from({ length: count }, (_, index) => notification(count - index));
  let counts: InboxCounts = { unread: count, unseen: count, total: count, rev: 1 };
  let mark = (): Promise<unknown> => Promise.reject(new Error('not scripted'));
  const client = new ScriptedClient({
    streams,
    own: ['user:u'],
    after: (ms, callback) => clock.after(ms, callback),
    answer: (method) => {
      if (method === 'inbox.counts') return Promise.resolve(counts);
      if (method === 'inbox.list') return Promise.resolve({ notifications: stored });
      return mark();
    },
  });
  client.connect();
  const inbox = createInbox({ client, clock });
  inbox.counts.subscribe(() => undefined);
  void inbox.refresh();
  await clock.advance(100);
  return {
    clock,
    inbox,
    tell: async (type: string, data: unknown) => {
      streams.publish('user:u', { type, data });
      await clock.advance(10);
    },
    answerMark: (next: typeof mark) => {
      mark = next;
    },
    setCounts: (next: InboxCounts) => {
      counts = next;
    },
    shown: () => inbox.list.get().items.map(({ id, status }) => `${id} ${status}`),
  };
}

test('counts are those with the highest rev, in whatever order they come', async () => {
  const { inbox, tell } = await inboxWith(2);
  await tell('counts', { unread: 5, unseen: 5, total: 5, rev: 7 });
  await tell('counts', { unread: 1, unseen: 1, total: 1, rev: 3 });
  expect(inbox.counts.get()).toEqual({ unread: 5, unseen: 5, total: 5, rev: 7 });
});

test('a mark is shown at once, and taken back where it is refused', async () => {
  const { clock, inbox, answerMark, shown } = await inboxWith(2);
  let refuse = (_error: CarillonError): void => undefined;
  answerMark(() => new Promise((_, reject) => (refuse = reject)));
  const marking = inbox.mark(['n1'], 'read');
  expect(shown()).toEqual(['n2 unread', 'n1 read']);
  expect(inbox.counts.get()).toMatchObject({ unread: 1, unseen: 1, total: 2 });
  const refused = expect(marking).rejects.toMatchObject({ code: 420 });
  refuse(new CarillonError({ code: 420, message: 'full', isTemporary: true }));
  await refused;
  await clock.advance(10);
  expect(shown()).toEqual(['n2 unread', 'n1 unread']);
  expect(inbox.counts.get()).toMatchObject({ unread: 2, unseen: 2, total: 2 });
});

test('a mark that the server has told before it answers is not counted twice', async () => {
  const { clock, inbox, answerMark, tell } = await inboxWith(3);
  const told = { unread: 2, unseen: 2, total: 3, rev: 2 };
  let answer = (_value: unknown): void => undefined;
  answerMark(() => new Promise((resolve) => (answer = resolve)));
  const marking = inbox.mark(['n3'], 'read');
  await tell('counts', told);
  expect(inbox.counts.get()).toEqual(told);
  answer({ changed_ids: ['n3'], counts: told });
  await marking;
  await clock.advance(10);
  expect(inbox.counts.get()).toEqual(told);
});

test.each([
  ['seen', { unread: 3, unseen: 0, total: 3 }],
  ['read', { unread: 0, unseen: 0, total: 3 }],
  ['archived', { unread: 0, unseen: 0, total: 0 }],
] as const)('all marked as %s: the counts show it before the answer', async (mark, expected) => {
  const { inbox, answerMark } = await inboxWith(3);
  answerMark(() => new Promise(() => undefined));
  void inbox.mark('all', mark);
  expect(inbox.counts.get()).toMatchObject(expected);
});

test('a notification is told once, stands first in the list, and has its place in the inbox', async () => {
  const { inbox, tell, shown } = await inboxWith(1);
  const heard: string[] = [];
  inbox.onNotification(({ id }) => heard.push(id));
  await tell('notification', { ...notification(2), seq: undefined });
  await tell('notification', notification(2));
  expect(heard).toEqual(['n2']);
  expect(shown()).toContain('n2 unread');
});

test('an archived one leaves the list, here and when another device does it', async () => {
  const { tell, shown } = await inboxWith(2);
  await tell('notification.updated', { ids: ['n2'], mark: 'archived' });
  expect(shown()).toEqual(['n1 unread']);
});

test('events of the application in the same channel disturb nothing', async () => {
  const { inbox, tell, shown } = await inboxWith(1);
  await tell('cart_updated', { items: 3 });
  await tell('counts', null);
  expect(shown()).toEqual(['n1 unread']);
  expect(inbox.counts.get().unread).toBe(1);
});
