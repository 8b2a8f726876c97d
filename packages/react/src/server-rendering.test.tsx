/** Rendering on a server: no window, no connection, and a page that the browser can take over. */
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CarillonProvider,
  Chat,
  NotificationBell,
  TaskProgress,
  TaskStreamText,
  useCarillonStore,
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

beforeEach(() => {
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('WebSocket', opened);
});
afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
  opened.mockReset();
});

function EveryHook() {
  const { status } = useInbox();
  const { items } = useConversations();
  const { state } = useChannel('room:a');
  const { users } = usePresence('room:a');
  const tasks = useTasks();
  const { connected } = useCarillonStore();
  const { typing } = useTyping('c');
  const { connectionStatus, config } = useWebSocketByPage({ pathname: '/app' });
  return (
    <p>
      {[status, items.length, state.status, users.length, tasks.status, typing.length].join()}
      {connectionStatus} {config.route} {String(connected)}
    </p>
  );
}

const getToken = vi.fn(() => Promise.resolve('t'));

const page = (pathname: string, locale = 'en') => (
  <CarillonProvider
    url="https://live.example.org"
    user="alice"
    getToken={getToken}
    routes={{ '/login': { enabled: false }, '/app': {} }}
    pathname={pathname}
    locale={locale}
  >
    <WebSocketStatus />
    <NotificationBell countsInTitle />
    <TaskProgress taskId="t-1" showsStream />
    <TaskStreamText taskId="t-1" />
    <Chat conversationId="c-1" />
    <EveryHook />
  </CarillonProvider>
);

describe('on a server', () => {
  it('every component is rendered, and nothing is sent, opened or asked for', () => {
    const html = renderToString(page('/app'));
    expect(html).toContain('aria-label="Notifications, none unread"');
    expect(html).toContain('role="log"');
    expect(html).toContain('Connecting…');
    expect(html).toContain('loading,0,unsubscribed,0,loading,0');
    expect(fetched).not.toHaveBeenCalled();
    expect(opened).not.toHaveBeenCalled();
    expect(getToken).not.toHaveBeenCalled();
  });

  it('a page without a connection has no bell and no chat', () => {
    const html = renderToString(page('/login'));
    expect(html).not.toContain('carillon-bell');
    expect(html).not.toContain('carillon-chat');
    expect(html).toContain('Live updates are off on this page');
  });

  it('texts are in the language that was asked for', () => {
    expect(renderToString(page('/app', 'zh-TW'))).toContain('aria-label="通知，沒有未讀"');
    expect(renderToString(page('/app', 'zh-CN'))).toContain('placeholder="输入消息"');
  });

  it('a hook outside a provider says what is missing', () => {
    expect(() => renderToString(<WebSocketStatus />)).toThrow('<CarillonProvider>');
  });
});
