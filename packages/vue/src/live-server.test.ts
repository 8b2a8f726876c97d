// @vitest-environment jsdom
/** Composables and components with the real SDK on a real server. */
import { createHmac } from 'node:crypto';
import { createSSRApp, defineComponent, h, shallowRef } from 'vue';
import type { Component } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { enableAutoUnmount, mount } from '@vue/test-utils';
import type { VueWrapper } from '@vue/test-utils';
import { startServer, TEST_SECRET } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { createPinia, defineStore } from 'pinia';
import { WebSocket as NodeWebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  carillonStore,
  Chat,
  createCarillonPlugin,
  NotificationBell,
  TaskProgress,
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
import type { CarillonPluginOptions } from './index.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
enableAutoUnmount(afterEach);

/** By hand: the library of the testkit does not know the `Uint8Array` of jsdom. */
function token(sub: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256' })}.${part({ sub, exp: Math.floor(Date.now() / 1_000) + 3_600 })}`;
  return `${body}.${createHmac('sha256', TEST_SECRET).update(body).digest('base64url')}`;
}

/** It has what the SDK uses of the browser's; the types cannot know that. */
const asBrowserSocket = (socket: unknown): typeof WebSocket => socket as typeof WebSocket;

/** Counts what leaves the page. */
function counted(user = 'alice') {
  const opened: NodeWebSocket[] = [];
  const asked: string[] = [];
  // The socket of jsdom and the events of the test runner are not of one world; this one is Node's.
  class CountedWebSocket extends NodeWebSocket {
    constructor(address: string, protocols?: string | string[]) {
      super(address, protocols);
      // One that is closed while it is being made says so, which nobody needs to hear.
      this.on('error', () => undefined);
      opened.push(this);
    }
  }
  const options: CarillonPluginOptions = {
    url: server.url,
    user,
    getToken: ({ connectionType }) => {
      asked.push(connectionType);
      return Promise.resolve(token(user));
    },
    options: { environment: { WebSocket: asBrowserSocket(CountedWebSocket) } },
  };
  return { opened, asked, options };
}

const show = (page: Component, options: CarillonPluginOptions): VueWrapper =>
  mount(page, {
    global: { plugins: [createPinia(), createCarillonPlugin(options)] },
    attachTo: document.body,
  });

async function backend(path: string, body: object): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
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

const textOf = (view: VueWrapper, selector: string): string => {
  const found = view.find(selector);
  return found.exists() ? found.text() : '';
};
const shows = (view: VueWrapper, selector: string, text: string): Promise<void> =>
  expect.poll(() => textOf(view, selector)).toContain(text);
const connected = (view: VueWrapper): Promise<void> =>
  shows(view, '.carillon-status-text', 'Connected');

describe('the connection', () => {
  it('is one, and is closed with the application', async () => {
    const { opened, asked, options } = counted();
    const view = show(() => [h(WebSocketStatus), h(NotificationBell)], options);
    await connected(view);
    expect(opened).toHaveLength(1);
    expect(asked).toEqual(['default']);
    view.unmount();
    await expect.poll(() => opened[0]?.readyState).toBe(NodeWebSocket.CLOSED);
  });

  it('ends and begins by the buttons of the status', async () => {
    const { opened, options } = counted();
    const view = show(WebSocketStatus, options);
    await connected(view);
    await view.get('button').trigger('click');
    await shows(view, '.carillon-status-text', 'Not connected');
    await view.get('button').trigger('click');
    await connected(view);
    expect(opened).toHaveLength(2);
  });

  it('does not exist on a page whose route does not ask for it: no socket, no request, no token', async () => {
    const { opened, asked, options } = counted();
    const pathname = shallowRef('/login');
    const view = show(
      () => [h(WebSocketStatus), h(NotificationBell), h(TaskProgress, { taskId: 't-1' })],
      { ...options, routes: { '/': { enabled: false }, '/app': {} }, pathname },
    );
    expect(view.text()).toContain('Live updates are off on this page');
    expect(view.find('button').exists()).toBe(false);
    expect([...opened, ...asked]).toEqual([]);
    pathname.value = '/app';
    await connected(view);
    expect(opened).toHaveLength(1);
    pathname.value = '/login';
    await expect.poll(() => view.find('button').exists()).toBe(false);
    await expect.poll(() => opened[0]?.readyState).toBe(NodeWebSocket.CLOSED);
    expect(opened).toHaveLength(1);
  });

  it('is another one for another user', async () => {
    const { opened, asked, options } = counted();
    const user = shallowRef('alice');
    const view = show(WebSocketStatus, { ...options, user });
    await connected(view);
    user.value = 'bob';
    await expect.poll(() => asked).toHaveLength(2);
    await expect.poll(() => opened).toHaveLength(2);
  });

  it('takes over what a server rendered, without a difference', async () => {
    const { options } = counted('hydra');
    const page = () => [h(WebSocketStatus), h(NotificationBell), h(Chat, { conversationId: 'c' })];
    const make = () => createSSRApp(page).use(createCarillonPlugin(options));
    const root = document.createElement('div');
    root.innerHTML = await renderToString(make());
    document.body.append(root);
    const warnings: string[] = [];
    const app = make();
    app.config.warnHandler = (message) => warnings.push(message);
    app.mount(root);
    await expect
      .poll(() => root.querySelector('.carillon-status-text')?.textContent)
      .toBe('Connected');
    expect(warnings).toEqual([]);
    app.unmount();
    root.remove();
  });
});

describe('the bell', () => {
  it('rings, opens, marks as read, and closes on Escape', async () => {
    const rung: string[] = [];
    document.title = 'Shop';
    const bell = h(NotificationBell, {
      countsInTitle: true,
      onNotification: ({ title }) => void rung.push(title),
    });
    const view = show(() => [h(WebSocketStatus), bell], {
      ...counted('bella').options,
      locale: 'en-GB',
    });
    await connected(view);
    await backend('/api/v1/notifications', {
      users: ['bella'],
      title: 'Order shipped',
      content: 'It arrives on Friday.',
    });
    const button = view.get('.carillon-bell-button');
    await expect.poll(() => button.attributes('aria-label')).toBe('Notifications, 1 unread');
    await expect.poll(() => rung).toEqual(['Order shipped']);
    expect(document.title).toBe('(1) Shop');
    expect(button.attributes('aria-expanded')).toBe('false');

    await button.trigger('click');
    const panel = view.get('[role=dialog]');
    expect(document.activeElement).toBe(panel.element);
    await shows(view, '.carillon-bell-item', 'Unread: Order shipped');
    expect(panel.get('time').text()).toBe('now');
    await panel.get('.carillon-bell-open').trigger('click');
    await expect.poll(() => button.attributes('aria-label')).toBe('Notifications, none unread');
    expect(document.title).toBe('Shop');

    await panel.trigger('keydown', { key: 'Escape' });
    expect(view.find('[role=dialog]').exists()).toBe(false);
    expect(document.activeElement).toBe(button.element);
  });

  it('is not there where the route does not list system_notifications', async () => {
    const view = show(() => [h(WebSocketStatus), h(NotificationBell)], {
      ...counted().options,
      routes: { '/': { features: ['messaging'] } },
      pathname: '/',
    });
    await connected(view);
    expect(view.find('.carillon-bell').exists()).toBe(false);
  });
});

describe('progress', () => {
  const Beside = defineComponent(() => {
    const { status, text } = useTaskStream('r-1');
    const { items } = useTasks();
    return () => [
      h('output', { class: 'stream' }, `${status.value}: ${text.value}`),
      h('output', { class: 'tasks' }, items.value.map(({ title }) => title).join()),
    ];
  });

  it('moves a bar with its words, and streams the text of a task', async () => {
    await backend('/api/v1/tasks/r-1/start', { owner: 'tim', title: 'Report', total_steps: 4 });
    const view = show(
      () => [h(TaskProgress, { taskId: 'r-1' }), h(Beside)],
      counted('tim').options,
    );
    await shows(view, '.tasks', 'Report');
    await expect.poll(() => view.find('[role=progressbar]').exists()).toBe(true);
    const bar = view.get('[role=progressbar]');
    await backend('/api/v1/tasks/r-1/progress', { message: 'Counting', step: 1, progress: 25 });
    await expect.poll(() => bar.attributes('aria-valuenow')).toBe('25');
    expect(bar.attributes('aria-valuetext')).toContain('25%, Running, Counting, step 1 of 4');
    await backend('/api/v1/tasks/r-1/chunks', { index: 0, chunks: ['Hello', ' world'] });
    await shows(view, '.stream', 'Hello world');
    await view.get('.carillon-task button').trigger('click');
    await shows(view, '.carillon-task-status', 'Cancelling…');
    await backend('/api/v1/tasks/r-1/complete', { message: 'Ready' });
    await expect.poll(() => bar.attributes('aria-valuenow')).toBe('100');
    await shows(view, '.stream', 'done: Hello world');
  });
});

describe('chat', () => {
  it('brings what both say, once, with names, typing and unread', async () => {
    const id = await conversationOf('ana', 'ben');
    const nameOf = (user: string): string => user.toUpperCase();
    const ana = show(() => h(Chat, { conversationId: id, nameOf }), counted('ana').options);
    const Ben = defineComponent(() => {
      const { setTyping } = useTyping(id);
      const { items, unread } = useConversations();
      return () =>
        h('button', { onClick: () => setTyping(true) }, `${items.value.length}/${unread.value}`);
    });
    const ben = show(Ben, counted('ben').options);
    await shows(ana, '.carillon-note', 'No messages yet');
    const field = ana.get('textarea');
    await field.setValue('Hello Ben');
    await field.trigger('keydown', { key: 'Enter' });
    await shows(ana, '.carillon-message-meta', 'Sent');
    expect(ana.findAll('.carillon-message-bubble').map((bubble) => bubble.text())).toEqual([
      'Hello Ben',
    ]);
    expect(document.activeElement).toBe(field.element);
    expect(field.element.value).toBe('');
    await shows(ben, 'button', '1/1');

    await ben.get('button').trigger('click');
    await shows(ana, '.carillon-chat-typing', 'BEN is typing…');
    await backend(`/api/v1/conversations/${id}/messages`, { sender: 'ben', content: 'Hello Ana' });
    // Read out by its own line, not by the list.
    await shows(ana, '.carillon-hidden[aria-live=polite]', 'BEN: Hello Ana');
    expect(ana.findAll('.carillon-message')).toHaveLength(2);
    expect(ana.get('[role=log]').attributes('aria-live')).toBe('off');
  });

  it('own contents come by the slot, and another conversation has its own draft', async () => {
    const [first, second] = [await conversationOf('eva', 'a'), await conversationOf('eva', 'b')];
    await backend(`/api/v1/conversations/${first}/messages`, { sender: 'a', content: 'secret' });
    const id = shallowRef(first);
    const content = ({ row }: { row: { content: string } }) => h('b', row.content.length);
    const view = show(
      () => h(Chat, { conversationId: id.value }, { content }),
      counted('eva').options,
    );
    await shows(view, '.carillon-message-bubble b', '6');
    await view.get('textarea').setValue('half a sentence');
    id.value = second;
    await shows(view, '.carillon-note', 'No messages yet');
    expect(view.get('textarea').element.value).toBe('');
    id.value = first;
    await shows(view, '.carillon-message-bubble b', '6');
    expect(view.get('textarea').element.value).toBe('half a sentence');
  });
});

describe('channels and presence', () => {
  const Room = defineComponent({
    props: { name: { type: String, required: true } },
    setup(props) {
      const { state, lastPublication, publish } = useChannel(() => props.name);
      const { users } = usePresence(() => props.name);
      return () =>
        h(
          'button',
          { onClick: () => void publish({ message: 'hi' }) },
          `${state.value.status} ${users.value.join()} ${JSON.stringify(lastPublication.value?.data)}`,
        );
    },
  });

  it('subscribes while the component is there, and knows who else is', async () => {
    const isThere = shallowRef(true);
    const Client = defineComponent(() => {
      const { state } = useChannel(() => (isThere.value ? undefined : 'room:hall'));
      const { user } = useConnection();
      return () => h('output', `${user.value} ${state.value.status}`);
    });
    const view = show(
      () => [isThere.value ? h(Room, { name: 'room:den' }) : undefined, h(Client)],
      counted('rita').options,
    );
    await shows(view, 'button', 'subscribed rita');
    await view.get('button').trigger('click');
    await shows(view, 'button', '"message":"hi"');
    isThere.value = false;
    await shows(view, 'output', 'rita subscribed');
    // Let go with the component: nobody is left in the room.
    await expect.poll(() => subscribersOf('room:den')).toBe(0);
  });

  async function subscribersOf(channel: string): Promise<number> {
    const answer = await backend('/api/channels', { pattern: 'room:*' });
    const { result } = Object(answer);
    return channel in Object(result.channels) ? result.channels[channel].num_clients : 0;
  }

  it('a channel that the page does not list fails, and says why', async () => {
    const Failing = defineComponent(() => {
      const { state } = useChannel('chat:1');
      return () =>
        h('output', state.value.status === 'failed' ? state.value.error.message : undefined);
    });
    const view = show(Failing, {
      ...counted().options,
      routes: { '/': { features: [] } },
      pathname: '/',
    });
    await shows(view, 'output', 'does not use messaging');
  });
});

describe('useWebSocketByPage', () => {
  it('a page that names itself connects by its route, hears what is told, and leaves', async () => {
    const { opened, asked, options } = counted('pia');
    const pathname = shallowRef<string | undefined>('/login');
    const Page = defineComponent(() => {
      const page = useWebSocketByPage({ pathname: () => pathname.value });
      return () =>
        h(
          'output',
          [
            page.connectionStatus.value,
            page.config.value.route,
            JSON.stringify(page.lastMessage.value?.data),
          ].join(' '),
        );
    });
    const view = show(() => (pathname.value === undefined ? undefined : h(Page)), {
      ...options,
      routes: { '/': { enabled: false }, '/shop': {}, '/admin': { connectionType: 'admin' } },
    });
    await shows(view, 'output', 'disabled /');
    pathname.value = '/shop/cart';
    await shows(view, 'output', 'connected /shop');
    await backend('/api/v1/users/pia/events', { type: 'cart_updated', cart: { items: 3 } });
    await shows(view, 'output', '"items":3');
    pathname.value = '/admin';
    await expect.poll(() => asked).toEqual(['default', 'admin']);
    pathname.value = undefined;
    await expect
      .poll(() => opened.map(({ readyState }) => readyState))
      .toEqual(opened.map(() => NodeWebSocket.CLOSED));
  });
});

describe('the store', () => {
  it('is a Pinia store with connect, connected and send', async () => {
    const useStore = defineStore('carillon', carillonStore);
    const id = await conversationOf('stan', 'sue');
    const Page = defineComponent(() => {
      const store = useStore();
      return () => [
        h('output', `${store.connected} ${store.unread} ${store.notifications.length}`),
        h('button', { onClick: () => store.send({ conversationId: id, content: 'hi' }) }),
        h('i', { onClick: store.disconnect }, store.status),
        h('b', { onClick: store.connect }, store.desktopPermission),
      ];
    });
    const view = show(() => [h(Page), h(Chat, { conversationId: id })], counted('stan').options);
    await shows(view, 'output', 'true 0 0');
    await backend('/api/v1/notifications', { users: ['stan'], title: 'Order shipped' });
    await shows(view, 'output', 'true 1 1');
    await view.get('button').trigger('click');
    await shows(view, '.carillon-message-bubble', 'hi');
    await view.get('i').trigger('click');
    await shows(view, 'i', 'idle');
    await view.get('b').trigger('click');
    await shows(view, 'output', 'true');
    expect(textOf(view, 'b')).toBe('unsupported');
  });
});
