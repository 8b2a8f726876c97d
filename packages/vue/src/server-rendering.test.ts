/** Rendering on a server: no window, no connection, and a page that the browser can take over. */
import { createSSRApp, defineComponent, h } from 'vue';
import type { App } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { createPinia, defineStore } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  carillonStore,
  Chat,
  createCarillonPlugin,
  NotificationBell,
  TaskProgress,
  TaskStreamText,
  useChannel,
  useConversations,
  useInbox,
  usePresence,
  useTasks,
  useTyping,
  useWebSocketByPage,
  WebSocketStatus,
} from './index.ts';

const fetched = vi.fn();
const opened = vi.fn();
const getToken = vi.fn(() => Promise.resolve('t'));

beforeEach(() => {
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('WebSocket', opened);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const useStore = defineStore('carillon', carillonStore);

const EveryComposable = defineComponent(() => {
  const { status } = useInbox();
  const { items } = useConversations();
  const { state } = useChannel('room:a');
  const { users } = usePresence('room:a');
  const tasks = useTasks();
  const { typing } = useTyping('c');
  const { connectionStatus, config } = useWebSocketByPage({ pathname: '/app' });
  const store = useStore();
  return () =>
    h('p', [
      [status.value, items.value.length, state.value.status, users.value.length].join(),
      [tasks.status.value, typing.value.length, connectionStatus.value].join(),
      `${config.value.route} ${store.connected}`,
    ]);
});

const Page = () => [
  h(WebSocketStatus),
  h(NotificationBell, { countsInTitle: true }),
  h(TaskProgress, { taskId: 't-1', showsStream: true }),
  h(TaskStreamText, { taskId: 't-1' }),
  h(Chat, { conversationId: 'c-1' }),
  h(EveryComposable),
];

const page = (pathname: string, locale = 'en'): App => {
  const app = createSSRApp(Page);
  app.use(createPinia());
  app.use(
    createCarillonPlugin({
      url: 'https://live.example.org',
      user: 'alice',
      getToken,
      routes: { '/login': { enabled: false }, '/app': {} },
      pathname,
      locale,
    }),
  );
  return app;
};

describe('on a server', () => {
  it('every component is rendered, and nothing is sent, opened or asked for', async () => {
    const html = await renderToString(page('/app'));
    expect(html).toContain('aria-label="Notifications, none unread"');
    expect(html).toContain('role="log"');
    expect(html).toContain('Connecting…');
    expect(html).toContain('loading,0,unsubscribed,0');
    expect(html).toContain('/app false');
    expect([fetched, opened, getToken].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0]);
  });

  it('a page without a connection has no bell and no chat', async () => {
    const html = await renderToString(page('/login'));
    expect(html).not.toContain('carillon-bell');
    expect(html).not.toContain('carillon-chat');
    expect(html).toContain('Live updates are off on this page');
  });

  it('texts are in the language that was asked for', async () => {
    expect(await renderToString(page('/app', 'zh-TW'))).toContain('aria-label="通知，沒有未讀"');
    expect(await renderToString(page('/app', 'zh-CN'))).toContain('placeholder="输入消息"');
  });

  it('a composable without the plugin says what is missing', async () => {
    const app = createSSRApp(() => h(WebSocketStatus));
    app.config.warnHandler = () => undefined;
    await expect(renderToString(app)).rejects.toThrow('createCarillonPlugin');
  });
});
