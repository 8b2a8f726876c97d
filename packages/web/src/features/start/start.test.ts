import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { notifyCommand, shellQuote, startCommand } from './commands.ts';
import {
  badgeText,
  decodeItem,
  EMPTY_INBOX,
  notificationIn,
  withArrival,
  withCounts,
  withItems,
  withRead,
} from './inbox.ts';
import type { BellItem } from './inbox.ts';
import { mergeList, mergeUpdate, taskIn, tasksToWatch } from './task-list.ts';
import type { TaskView } from './task-list.ts';

const item = (id: string): BellItem => ({
  id,
  title: id,
  content: '',
  type: 'info',
  at: 0,
  isUnread: true,
});

describe('bell', () => {
  test('the number with the highest revision stands, whatever arrives later', () => {
    const inbox = withCounts(withCounts(EMPTY_INBOX, { unread: 3, rev: 7 }), { unread: 9, rev: 6 });
    expect(inbox.counts).toEqual({ unread: 3, rev: 7 });
  });

  test('a notification that arrives twice counts once', () => {
    const once = withArrival(withItems(EMPTY_INBOX, [item('a')]), item('b'));
    expect(withArrival(once, item('b'))).toBe(once);
    expect(once.items.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(once.counts.unread).toBe(1);
  });

  test('read marks one, many or all', () => {
    const inbox = withItems(EMPTY_INBOX, [item('a'), item('b')]);
    expect(withRead(inbox, ['a']).items.map(({ isUnread }) => isUnread)).toEqual([false, true]);
    expect(withRead(inbox, 'all').items.some(({ isUnread }) => isUnread)).toBe(false);
  });

  test('a link that is not of the web is left out', () => {
    const linkOf = (link: string) => decodeItem({ id: '1', title: 't', link }, 0)?.link;
    expect(linkOf('/orders/7')).toBe('/orders/7');
    expect(linkOf('https://example.com')).toBe('https://example.com');
    for (const bad of ['javascript:alert(1)', '//evil.example', 'data:text/html,x']) {
      expect(linkOf(bad), bad).toBeUndefined();
    }
  });

  test('only notification frames are notifications', () => {
    const frame = (type: string) => JSON.stringify({ type, data: { id: '1', title: 't' } });
    expect(notificationIn(frame('notification'), 0)?.id).toBe('1');
    expect(notificationIn(frame('heartbeat'), 0)).toBeUndefined();
  });

  test('the badge never says more than 99+', () => {
    expect([badgeText(99), badgeText(100)]).toEqual(['99', '99+']);
  });
});

describe('tasks', () => {
  const task = (id: string, version: number, extra: Partial<TaskView> = {}): TaskView => ({
    id,
    title: 'Report',
    status: 'running',
    message: '',
    step: 0,
    totalSteps: 4,
    progress: 0,
    version,
    ...extra,
  });

  test('the newest version wins, in whatever order list and live frames arrive', () => {
    const live = mergeUpdate([task('a', 1)], task('a', 5, { progress: 60, title: '' }));
    expect(live).toMatchObject([{ progress: 60, title: 'Report' }]);
    expect(mergeUpdate(live, task('a', 3, { progress: 10 }))).toMatchObject([{ progress: 60 }]);
    expect(mergeList(live, [task('b', 1), task('a', 4)])).toMatchObject([
      { id: 'b' },
      { id: 'a', progress: 60 },
    ]);
  });

  test('only running tasks are watched, and not too many', () => {
    const tasks = [task('a', 1), task('b', 1, { status: 'completed' }), task('c', 1), task('d', 1)];
    expect(tasksToWatch(tasks, 2)).toEqual(['a', 'c']);
  });

  test('a frame out of range is brought into it', () => {
    const frame = JSON.stringify({ type: 'progress', data: { task_id: 'a', progress: 130 } });
    expect(taskIn(frame)).toMatchObject({ id: 'a', progress: 100 });
    expect(taskIn('{"type":"heartbeat"}')).toBeUndefined();
  });
});

describe('commands', () => {
  const input = { origin: 'http://localhost:8000', user: "O'Neil", taskId: 'demo-1' };

  test('a quoted word is the same word to a shell', () => {
    const word = `it's "$HOME" \`x\` \\ 小明`;
    const echoed = execFileSync('sh', ['-c', `printf %s ${shellQuote(word)}`], {
      encoding: 'utf8',
    });
    expect(echoed).toBe(word);
  });

  test('the lines carry the server and the user, the key is a variable of the shell', () => {
    const command = notifyCommand(input, { title: 'Hi', content: 'there' });
    expect(command).toContain('http://localhost:8000/api/v1/notifications');
    expect(command).toContain('"X-API-Key: $API_KEY"');
    expect(startCommand(input, 'T')).toContain('/api/v1/tasks/demo-1/start');
  });
});
