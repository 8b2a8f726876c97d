/** Tabs of a real browser: one connection for all, the leader closed, the offline queue over a reload. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '@carillon/testkit';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sdkUsers, until } from '../sdk-features/sdk-users.ts';
import { launchChromium } from './chromium.ts';
import { serveSdk, type SdkPages } from './sdk-page.ts';

let dataDir: string;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext | undefined;
const users = sdkUsers(() => server);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carillon-tabs-'));
  [server, browser] = await Promise.all([startServer({ dataDir }), launchChromium()]);
});

afterEach(async () => {
  users.close();
  await context?.close();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Everything of the conversation that this tab was told live, and what it shows. */
const script = (user: string, token: string, conversationId: string): string => `
  import { createCarillon } from '@carillon/client';
  const carillon = createCarillon({
    user: '${user}',
    getToken: async () => '${token}',
    reconnect: { minMs: 100, maxMs: 500, maxAttempts: 1000 },
  });
  carillon.client.connect();
  const told = [];
  carillon.client.channel('chat:${conversationId}').onPublication(({ data }) => {
    if (data.type === 'message') told.push(data.data.content);
  });
  const conversation = carillon.chat.open('${conversationId}');
  Object.assign(window, { carillon, conversation, told, ready: true });
`;

interface TabState {
  readonly status: string;
  readonly isShared: boolean;
  readonly shown: readonly string[];
  readonly told: readonly string[];
  readonly pending: number;
}

/** The script above runs in the page, where nobody knows its types. */
const look = (page: Page): Promise<TabState> =>
  page.evaluate<TabState>(`(() => {
    const state = carillon.client.state.get();
    const { messages, pending, status } = conversation.state.get();
    return {
      status,
      isShared: state.isShared === true,
      shown: messages.map((message) => message.content),
      told,
      pending: pending.length,
    };
  })()`);

const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `message ${from + index}`);

async function openTabs(user: string, id: string, count: number): Promise<[SdkPages, Page[]]> {
  context = await browser.newContext();
  const pages = await serveSdk(context, server.url, script(user, await server.token(user), id));
  const tabs: Page[] = [];
  for (let n = 0; n < count; n += 1) tabs.push(await pages.open());
  for (const tab of tabs) {
    await expect.poll(async () => (await look(tab)).status, { timeout: 10_000 }).toBe('ready');
  }
  return [pages, tabs];
}

async function connectionsOf(user: string): Promise<unknown> {
  const response = await fetch(`${server.url}/api/ws/stats`, {
    headers: { 'x-api-key': server.apiKey },
  });
  const { users: byUser } = (await response.json()) as { users: Record<string, number> };
  return byUser[user];
}

test('three tabs have one connection; its tab is closed meanwhile, and nothing is lost or doubled', async () => {
  const ben = await users.join('ben');
  const { id } = await ben.chat.create({ kind: 'direct', members: ['ann'] });
  const say = (content: string) => ben.client.call('chat.send', { conversation_id: id, content });
  const [, tabs] = await openTabs('ann', id, 3);
  expect(await connectionsOf('ann')).toBe(1);
  expect(await Promise.all(tabs.map(async (tab) => (await look(tab)).isShared))).toEqual([
    false,
    true,
    true,
  ]);
  for (const content of texts(1, 5)) await say(content);
  for (const tab of tabs) {
    await expect.poll(async () => (await look(tab)).told).toEqual(texts(1, 5));
  }

  const [leader, ...others] = tabs;
  const closing = leader?.close();
  for (const content of texts(6, 30)) await say(content);
  await closing;
  for (const tab of others) {
    await expect.poll(async () => (await look(tab)).told).toEqual(texts(1, 30));
    expect((await look(tab)).shown).toEqual(texts(1, 30));
  }
  await expect.poll(() => connectionsOf('ann')).toBe(1);
  const shared = await Promise.all(others.map(async (tab) => (await look(tab)).isShared));
  expect(shared.filter(Boolean)).toHaveLength(1);
});

test('the tab with the connection crashes: another has it a moment later, and nothing is lost or doubled', async () => {
  const ben = await users.join('ben');
  const { id } = await ben.chat.create({ kind: 'direct', members: ['dora'] });
  const say = (content: string) => ben.client.call('chat.send', { conversation_id: id, content });
  const [, tabs] = await openTabs('dora', id, 2);
  const [leader, other] = tabs;
  if (leader === undefined || other === undefined) throw new Error('two tabs were opened');
  await say('message 1');
  await expect.poll(async () => (await look(other)).told).toEqual(texts(1, 1));
  const devtools = await leader.context().newCDPSession(leader);
  const crashed = leader.waitForEvent('crash');
  // Never answered: nobody is left to do so.
  void devtools.send('Page.crash').catch(() => undefined);
  for (const content of texts(2, 20)) await say(content);
  await crashed;
  await expect.poll(async () => (await look(other)).told).toEqual(texts(1, 20));
  expect(await look(other)).toMatchObject({ isShared: false, shown: texts(1, 20) });
});

test('what was written offline is kept over a reload and sent once, in order, by one tab', async () => {
  const ben = await users.join('ben');
  const { id } = await ben.chat.create({ kind: 'direct', members: ['cleo'] });
  const [, tabs] = await openTabs('cleo', id, 2);
  const [first, second] = tabs;
  if (first === undefined || second === undefined) throw new Error('two tabs were opened');
  const { port } = server;
  await server.kill('SIGKILL');
  for (const content of texts(1, 20)) {
    await first.evaluate(`conversation.send({ content: '${content}' })`);
  }
  // Seen in the other tab, and there again after a reload.
  await expect.poll(async () => (await look(second)).pending).toBe(20);
  await first.reload();
  await first.waitForFunction('window.ready === true');
  await expect.poll(async () => (await look(first)).pending).toBe(20);

  server = await startServer({ dataDir, port });
  for (const tab of tabs) {
    await expect
      .poll(async () => (await look(tab)).shown, { timeout: 12_000 })
      .toEqual(texts(1, 20));
    await expect.poll(async () => (await look(tab)).pending).toBe(0);
  }
  const side = ben.chat.open(id);
  const { messages } = await until(side.state, ({ status }) => status === 'ready');
  expect(messages.map(({ content }) => content)).toEqual(texts(1, 20));
});
