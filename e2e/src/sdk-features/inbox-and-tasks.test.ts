/** Inbox, tasks, presence and devices through the SDK, with a backend beside it. */
import { startServer, type RunningServer } from '@carillon/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiClients, type Call } from '../http/api-client.ts';
import { sdkUsers, until } from './sdk-users.ts';

let server: RunningServer;
let backend: Call;
const users = sdkUsers(() => server);

beforeAll(async () => {
  server = await startServer();
  backend = apiClients(server).backend;
});

afterAll(async () => {
  users.close();
  await server.stop();
});

const notify = (title: string, user: string) =>
  backend('POST', '/api/v1/notifications', { users: [user], title });

test('a mark on one device is seen on the other, with the same counts', async () => {
  const [desk, phone] = await Promise.all([users.join('ann'), users.join('ann')]);
  const heard: string[] = [];
  phone.inbox.onNotification(({ title }) => heard.push(title));
  const inboxes = [desk.inbox, phone.inbox];
  await Promise.all(inboxes.map((inbox) => inbox.refresh()));
  for (const title of ['one', 'two', 'three']) await notify(title, 'ann');
  for (const inbox of inboxes) {
    await until(inbox.counts, ({ unread, unseen }) => unread === 3 && unseen === 3);
    const { items } = await until(inbox.list, (list) => list.items.length === 3);
    expect(items.map(({ title }) => title)).toEqual(['three', 'two', 'one']);
  }
  expect(heard).toEqual(['one', 'two', 'three']);

  const [newest] = desk.inbox.list.get().items;
  const marking = desk.inbox.mark([newest?.id ?? ''], 'read');
  expect(desk.inbox.counts.get().unread).toBe(2);
  await marking;
  await until(phone.inbox.counts, ({ unread }) => unread === 2);
  await until(phone.inbox.list, ({ items }) => items[0]?.status === 'read');

  phone.inbox.setFilter('unread');
  await until(phone.inbox.list, ({ status, items }) => status === 'ready' && items.length === 2);
  await desk.inbox.mark('all', 'read');
  await until(phone.inbox.counts, ({ unread, unseen }) => unread + unseen === 0);
  await until(phone.inbox.list, ({ items }) => items.length === 0);
  await phone.inbox.mark('all', 'archived');
  await until(desk.inbox.counts, ({ total }) => total === 0);
});

test('a task is in the list from its start, watched live, and ends once', async () => {
  const ben = await users.join('ben');
  await until(ben.tasks.list, ({ status }) => status === 'ready');
  await backend('POST', '/api/v1/tasks/t-1/start', { task_id: 't-1', owner: 'ben', title: 'Copy' });
  const { items } = await until(ben.tasks.list, (list) => list.items.length === 1);
  expect(items).toMatchObject([{ id: 't-1', title: 'Copy', status: 'running', owner: 'ben' }]);

  const watch = ben.tasks.watch('t-1');
  await until(watch.state, ({ status }) => status === 'ready');
  await backend('POST', '/api/v1/tasks/t-1/progress', { progress: 40, message: 'Copying' });
  await until(watch.state, ({ task }) => task?.progress === 40);
  await until(ben.tasks.list, (list) => list.items[0]?.progress === 40);
  await watch.cancel();
  expect(watch.state.get().task?.is_cancel_requested).toBe(true);

  const ends: (string | undefined)[] = [];
  watch.state.subscribe(() => ends.push(watch.state.get().task?.status));
  await backend('POST', '/api/v1/tasks/t-1/complete', { result: { files: 3 } });
  const { task } = await until(watch.state, (state) => state.task?.status === 'completed');
  expect(task?.result).toEqual({ files: 3 });
  await until(ben.tasks.list, (list) => list.items[0]?.status === 'completed');
  expect(ends.filter((status) => status === 'completed')).toHaveLength(1);
});

test('somebody else’s task is refused, not waited for', async () => {
  const cleo = await users.join('cleo');
  const { error } = await until(cleo.tasks.watch('t-1').state, ({ status }) => status === 'error');
  expect([103, 404]).toContain(error?.code);
});

test('presence of a channel follows who comes and goes', async () => {
  const [dora, ella] = await Promise.all([users.join('dora'), users.join('ella')]);
  const here = dora.presence.watch('room:presence');
  await until(here.state, ({ status, users: who }) => status === 'ready' && who.length === 1);
  const leave = ella.client.channel('room:presence').subscribe();
  await until(here.state, (state) => state.users.join() === 'dora,ella');
  leave();
  await until(here.state, (state) => state.users.join() === 'dora');
  here.release();
});

test('my devices are my connections, this one marked', async () => {
  const [first] = await Promise.all([users.join('finn'), users.join('finn')]);
  const devices = await first.devices();
  expect(devices).toHaveLength(2);
  expect(devices.filter(({ isThis }) => isThis)).toHaveLength(1);
});
