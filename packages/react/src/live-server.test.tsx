// @vitest-environment jsdom
/** Hooks and components with the real SDK on a real server. */
import { StrictMode, useState } from 'react';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { createHmac } from 'node:crypto';
import { startServer, TEST_SECRET } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { WebSocket as NodeWebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  CarillonProvider,
  Chat,
  NotificationBell,
  TaskProgress,
  useCarillonStore,
  useChannel,
  useConnection,
  useConversations,
  usePresence,
  useTasks,
  useTaskStream,
  useTyping,
  useWebSocketByPage,
  WebSocketStatus,
} from './index.ts';
import type { CarillonProviderProps } from './index.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
afterEach(cleanup);

const patience = { timeout: 5_000 };

/** By hand: the library of the testkit does not know the `Uint8Array` of jsdom. */
function token(sub: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256' })}.${part({ sub, exp: Math.floor(Date.now() / 1_000) + 3_600 })}`;
  return `${body}.${createHmac('sha256', TEST_SECRET).update(body).digest('base64url')}`;
}

/** It has what the SDK uses of the browser's; the types cannot know that. */
const asBrowserSocket = (socket: unknown): typeof WebSocket => socket as typeof WebSocket;

/** Counts what leaves the page. */
function counted(user: string | null = 'alice') {
  const opened: string[] = [];
  const asked: string[] = [];
  // The socket of jsdom and the events of the test runner are not of one world; this one is Node's.
  class CountedWebSocket extends NodeWebSocket {
    constructor(address: string, protocols?: string | string[]) {
      super(address, protocols);
      opened.push(address);
    }
  }
  const props: CarillonProviderProps = {
    url: server.url,
    user,
    getToken: ({ connectionType }) => {
      asked.push(connectionType);
      return Promise.resolve(token(user ?? 'nobody'));
    },
    options: { environment: { WebSocket: asBrowserSocket(CountedWebSocket) } },
  };
  return { opened, asked, props };
}

async function backend(path: string, body: object, method = 'POST'): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${path} ${response.status}`).toBe(true);
  return response.json();
}

const conversationOf = async (...members: string[]): Promise<string> => {
  const made = await backend('/api/v1/conversations', { kind: 'direct', members });
  return String(new Map(Object.entries(Object(made))).get('id'));
};

const connected = (): Promise<HTMLElement> =>
  screen.findByText('Connected', { selector: '.carillon-status-text' }, patience);

describe('the connection', () => {
  it('is one, also in StrictMode, and is closed with the application', async () => {
    const { opened, asked, props } = counted();
    const view = render(
      <StrictMode>
        <CarillonProvider {...props}>
          <WebSocketStatus />
          <NotificationBell />
        </CarillonProvider>
      </StrictMode>,
    );
    await connected();
    expect(opened).toHaveLength(1);
    expect(asked).toEqual(['default']);
    view.unmount();
    await waitFor(() => expect(server.output()).toMatch(/disconnect/), patience);
  });

  it('ends and begins by the buttons of the status', async () => {
    const { opened, props } = counted();
    render(
      <CarillonProvider {...props}>
        <WebSocketStatus />
      </CarillonProvider>,
    );
    await connected();
    fireEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
    await screen.findByText('Not connected', { selector: '.carillon-status-text' });
    fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
    await connected();
    expect(opened).toHaveLength(2);
  });

  it('does not exist on a page whose route does not ask for it: no socket, no request, no token', async () => {
    const { opened, asked, props } = counted();
    const routes = { '/': { enabled: false }, '/app': {} };
    const page = (pathname: string) => (
      <CarillonProvider {...props} routes={routes} pathname={pathname}>
        <WebSocketStatus />
        <NotificationBell />
        <TaskProgress taskId="t-1" />
      </CarillonProvider>
    );
    const view = render(page('/login'));
    expect(screen.getAllByText('Live updates are off on this page')).not.toHaveLength(0);
    expect(screen.queryByRole('button')).toBeNull();
    expect([...opened, ...asked]).toEqual([]);
    view.rerender(page('/app'));
    await connected();
    expect(opened).toHaveLength(1);
    view.rerender(page('/login'));
    expect(screen.queryByRole('button')).toBeNull();
    expect(opened).toHaveLength(1);
  });

  it('is another one for another user', async () => {
    const { opened, asked, props } = counted();
    const view = render(
      <CarillonProvider {...props}>
        <WebSocketStatus />
      </CarillonProvider>,
    );
    await connected();
    view.rerender(
      <CarillonProvider {...props} user="bob">
        <WebSocketStatus />
      </CarillonProvider>,
    );
    await waitFor(() => expect(opened).toHaveLength(2), patience);
    expect(asked).toHaveLength(2);
  });
});

describe('the bell', () => {
  it('rings, opens with the keyboard, marks as read, and closes on Escape', async () => {
    const rung: string[] = [];
    render(
      <CarillonProvider {...counted('bella').props} locale="en-GB">
        <WebSocketStatus />
        <NotificationBell countsInTitle onNotification={({ title }) => rung.push(title)} />
      </CarillonProvider>,
    );
    await connected();
    document.title = 'Shop';
    await backend('/api/v1/notifications', {
      users: ['bella'],
      title: 'Order shipped',
      content: 'It arrives on Friday.',
    });
    const bell = await screen.findByRole('button', { name: 'Notifications, 1 unread' }, patience);
    await waitFor(() => expect(rung).toEqual(['Order shipped']));
    expect(document.title).toBe('(1) Shop');
    expect(bell.getAttribute('aria-expanded')).toBe('false');

    fireEvent.click(bell);
    const panel = await screen.findByRole('dialog', { name: 'Notifications' });
    expect(document.activeElement).toBe(panel);
    const item = await within(panel).findByRole(
      'button',
      { name: /Unread.*Order shipped/ },
      patience,
    );
    expect(within(panel).getByText('now').tagName).toBe('TIME');
    fireEvent.click(item);
    await screen.findByRole('button', { name: 'Notifications, none unread' }, patience);
    expect(document.title).toBe('Shop');

    fireEvent.keyDown(panel, { key: 'Escape' });
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(bell);
  });

  it('is not there where the route does not list system_notifications', async () => {
    render(
      <CarillonProvider
        {...counted().props}
        routes={{ '/': { features: ['messaging'] } }}
        pathname="/"
      >
        <WebSocketStatus />
        <NotificationBell />
      </CarillonProvider>,
    );
    await connected();
    expect(screen.queryByRole('button', { name: /Notifications/ })).toBeNull();
  });
});

describe('progress', () => {
  function Streamed({ id }: { id: string }) {
    const { status, text } = useTaskStream(id);
    return <output aria-label="stream">{`${status}: ${text}`}</output>;
  }
  function Mine() {
    const { items } = useTasks();
    return <output aria-label="tasks">{items.map(({ title }) => title).join()}</output>;
  }

  it('moves a bar with its words, and streams the text of a task', async () => {
    await backend('/api/v1/tasks/r-1/start', { owner: 'tim', title: 'Report', total_steps: 4 });
    render(
      <CarillonProvider {...counted('tim').props}>
        <TaskProgress taskId="r-1" />
        <Streamed id="r-1" />
        <Mine />
      </CarillonProvider>,
    );
    const bar = await screen.findByRole('progressbar', { name: 'Report' }, patience);
    await waitFor(
      () => expect(screen.getByLabelText('tasks').textContent).toBe('Report'),
      patience,
    );
    await backend('/api/v1/tasks/r-1/progress', { message: 'Counting', step: 1, progress: 25 });
    await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('25'), patience);
    expect(bar.getAttribute('aria-valuetext')).toContain('25%, Running, Counting, step 1 of 4');
    await backend('/api/v1/tasks/r-1/chunks', { index: 0, chunks: ['Hello', ' world'] });
    await waitFor(
      () => expect(screen.getByLabelText('stream').textContent).toContain('Hello world'),
      patience,
    );
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await screen.findByText('Cancelling…', {}, patience);
    await backend('/api/v1/tasks/r-1/complete', { message: 'Ready' });
    await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('100'), patience);
    await waitFor(
      () => expect(screen.getByLabelText('stream').textContent).toBe('done: Hello world'),
      patience,
    );
  });
});

describe('chat', () => {
  function Typing({ id }: { id: string }) {
    const { typing, setTyping } = useTyping(id);
    return (
      <button type="button" onClick={() => setTyping(true)}>
        typing: {typing.join()}
      </button>
    );
  }
  function Conversations() {
    const { items, unread } = useConversations();
    return <output aria-label="list">{`${items.length}/${unread}`}</output>;
  }

  it('brings what both say, once, with names, typing and unread', async () => {
    const id = await conversationOf('ana', 'ben');
    const ana = render(
      <CarillonProvider {...counted('ana').props}>
        <Chat conversationId={id} nameOf={(user) => user.toUpperCase()} />
      </CarillonProvider>,
    );
    const ben = render(
      <CarillonProvider {...counted('ben').props}>
        <Typing id={id} />
        <Conversations />
      </CarillonProvider>,
    );
    const field = await ana.findByRole('textbox', { name: 'Message' });
    await ana.findByText('No messages yet', {}, patience);
    fireEvent.change(field, { target: { value: 'Hello Ben' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    await ana.findByText('Sent', {}, patience);
    expect(ana.getAllByText('Hello Ben')).toHaveLength(1);
    expect(document.activeElement).toBe(field);
    await waitFor(() => expect(ben.getByLabelText('list').textContent).toBe('1/1'), patience);

    fireEvent.click(ben.getByRole('button', { name: /typing/ }));
    await ana.findByText('BEN is typing…', {}, patience);
    await backend(`/api/v1/conversations/${id}/messages`, { sender: 'ben', content: 'Hello Ana' });
    const log = ana.getByRole('log', { name: 'Messages' });
    await within(log).findByText('Hello Ana', {}, patience);
    // Read out by its own line, not by the list.
    await ana.findByText('BEN: Hello Ana');
    expect(log.getAttribute('aria-live')).toBe('off');
  });
});

describe('channels and presence', () => {
  function Room({ name }: { name: string }) {
    const { state, lastPublication, publish } = useChannel(name);
    const { users } = usePresence(name);
    return (
      <button type="button" onClick={() => void publish({ message: 'hi' })}>
        {state.status} {users.join()} {JSON.stringify(lastPublication?.data ?? null)}
      </button>
    );
  }

  it('subscribes while the component is there, and knows who else is', async () => {
    render(
      <CarillonProvider {...counted('rita').props}>
        <Room name="room:den" />
      </CarillonProvider>,
    );
    await screen.findByText(/^subscribed rita/, {}, patience);
    fireEvent.click(screen.getByRole('button'));
    await screen.findByText(/"message":"hi"/, {}, patience);
  });

  it('a channel that the page does not list fails, and says why', async () => {
    render(
      <CarillonProvider {...counted().props} routes={{ '/': { features: [] } }} pathname="/">
        <WebSocketStatus />
        <Failing />
      </CarillonProvider>,
    );
    await connected();
    expect(screen.getByLabelText('why').textContent).toContain('does not use messaging');
  });
  function Failing() {
    const { state } = useChannel('chat:1');
    return <output aria-label="why">{state.status === 'failed' ? state.error.message : ''}</output>;
  }
});

describe('useWebSocketByPage', () => {
  function Page({ pathname }: { pathname: string }) {
    const page = useWebSocketByPage({ pathname });
    return (
      <output aria-label="page">
        {JSON.stringify({
          isConnected: page.isConnected,
          status: page.connectionStatus,
          last: page.lastMessage?.data ?? null,
          route: page.config.route ?? null,
        })}
      </output>
    );
  }
  const routes = { '/': { enabled: false }, '/shop': {}, '/admin': { connectionType: 'admin' } };
  const shown = (): unknown => JSON.parse(screen.getByLabelText('page').textContent ?? '');

  it('a page that names itself connects by its route, hears what is told, and leaves', async () => {
    const { opened, asked, props } = counted('pia');
    const tree = (pathname?: string) => (
      <StrictMode>
        <CarillonProvider {...props} routes={routes}>
          {pathname !== undefined && <Page pathname={pathname} />}
        </CarillonProvider>
      </StrictMode>
    );
    const view = render(tree('/login'));
    expect(shown()).toEqual({ isConnected: false, status: 'disabled', last: null, route: '/' });
    view.rerender(tree('/shop/cart'));
    await waitFor(() => expect(shown()).toMatchObject({ isConnected: true }), patience);
    await backend('/api/v1/users/pia/events', { type: 'cart_updated', cart: { items: 3 } });
    await waitFor(() => expect(shown()).toMatchObject({ last: { cart: { items: 3 } } }), patience);
    view.rerender(tree('/admin'));
    await waitFor(() => expect(asked).toEqual(['default', 'admin']), patience);
    view.rerender(tree());
    expect(opened.length).toBeLessThanOrEqual(2);
  });

  function Sender({ id }: { id: string }) {
    const { sendMessage, isConnected } = useWebSocketByPage();
    const [result, setResult] = useState('');
    const send = (): void => {
      try {
        setResult(`sent ${sendMessage({ conversationId: id, content: 'from a page' })}`);
      } catch (error) {
        setResult(String(error));
      }
    };
    return (
      <button type="button" onClick={send}>
        {isConnected ? 'ready' : 'wait'} {result}
      </button>
    );
  }

  it('sends where the page lists messaging, and says so where it does not', async () => {
    const id = await conversationOf('sam', 'sue');
    const { props } = counted('sam');
    const view = render(
      <CarillonProvider {...props}>
        <Sender id={id} />
        <Chat conversationId={id} />
      </CarillonProvider>,
    );
    fireEvent.click(await screen.findByText(/ready/, {}, patience));
    await within(screen.getByRole('log')).findByText('from a page', {}, patience);
    await screen.findByText('Sent', {}, patience);
    view.unmount();
    render(
      <CarillonProvider {...props} routes={{ '/': { features: [] } }} pathname="/">
        <Sender id={id} />
      </CarillonProvider>,
    );
    fireEvent.click(await screen.findByText(/ready/, {}, patience));
    await screen.findByText(/does not use messaging/);
  });
});

describe('the store', () => {
  function Store({ to }: { to: string }) {
    const store = useCarillonStore();
    const send = (): void => void store.send({ conversationId: to, content: 'by the store' });
    return (
      <button type="button" onClick={send}>
        {JSON.stringify([
          store.connected,
          store.reconnectAttempts,
          store.unread,
          store.notifications.map(({ title }) => title),
          store.desktopPermission,
        ])}
      </button>
    );
  }

  it('knows and does it all, and shows notifications on the desktop while nobody looks', async () => {
    const shown: string[] = [];
    class Desktop extends EventTarget {
      static readonly permission = 'granted';
      constructor(title: string) {
        super();
        shown.push(title);
      }
    }
    vi.stubGlobal('Notification', Desktop);
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const id = await conversationOf('stella', 'sue');
    render(
      <CarillonProvider {...counted('stella').props}>
        <Store to={id} />
      </CarillonProvider>,
    );
    await screen.findByText('[true,0,0,[],"granted"]', {}, patience);
    await backend('/api/v1/notifications', { users: ['stella'], title: 'News' });
    await screen.findByText('[true,0,1,["News"],"granted"]', {}, patience);
    await waitFor(() => expect(shown).toEqual(['News']), patience);
    fireEvent.click(screen.getByRole('button'));
    await waitFor(async () => {
      const history = await fetch(`${server.url}/api/v1/conversations/${id}/messages`, {
        headers: { 'x-api-key': server.apiKey },
      });
      expect(await history.text()).toContain('by the store');
    }, patience);
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
});

describe('useConnection', () => {
  it('knows who the server says we are', async () => {
    function Who() {
      const { user, status } = useConnection();
      return <output aria-label="who">{`${status} ${user ?? '?'}`}</output>;
    }
    render(
      <CarillonProvider {...counted('wim').props}>
        <Who />
      </CarillonProvider>,
    );
    await waitFor(
      () => expect(screen.getByLabelText('who').textContent).toBe('connected wim'),
      patience,
    );
    await act(async () => undefined);
  });
});
