// @vitest-environment jsdom
/** One stylesheet and one manual for both: what the components render is the same in React and in Vue. */
import { createHmac } from 'node:crypto';
import { createElement, Fragment } from 'react';
import { createRoot } from 'react-dom/client';
import { createApp, h } from 'vue';
import * as react from '@carillon/react';
import { startServer, TEST_SECRET } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import { WebSocket as NodeWebSocket } from 'ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as vue from './index.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** By hand: the library of the testkit does not know the `Uint8Array` of jsdom. */
function token(sub: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256' })}.${part({ sub, exp: Math.floor(Date.now() / 1_000) + 3_600 })}`;
  return `${body}.${createHmac('sha256', TEST_SECRET).update(body).digest('base64url')}`;
}

/** It has what the SDK uses of the browser's; the types cannot know that. */
const asBrowserSocket = (socket: unknown): typeof WebSocket => socket as typeof WebSocket;

async function backend(path: string, body: object): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': server.apiKey },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${path} ${response.status}`).toBe(true);
  return response.json();
}

const USER = 'gemma';

const place = (): HTMLElement => {
  const root = document.createElement('div');
  document.body.append(root);
  return root;
};

function showBoth(conversationId: string) {
  const options = {
    url: server.url,
    user: USER,
    locale: 'en-GB',
    getToken: () => Promise.resolve(token(USER)),
    options: { environment: { WebSocket: asBrowserSocket(NodeWebSocket) } },
  };
  const inReact = place();
  const root = createRoot(inReact);
  root.render(
    createElement(
      react.CarillonProvider,
      options,
      createElement(
        Fragment,
        {},
        createElement(react.WebSocketStatus),
        createElement(react.NotificationBell),
        createElement(react.TaskProgress, { taskId: 'twin-1', showsStream: true }),
        createElement(react.Chat, { conversationId }),
      ),
    ),
  );
  const inVue = place();
  const app = createApp(() => [
    h(vue.WebSocketStatus),
    h(vue.NotificationBell),
    h(vue.TaskProgress, { taskId: 'twin-1', showsStream: true }),
    h(vue.Chat, { conversationId }),
  ]);
  app.use(vue.createCarillonPlugin(options));
  app.mount(inVue);
  const end = (): void => {
    root.unmount();
    app.unmount();
  };
  return { inReact, inVue, end };
}

/** Ids are each framework's own, and one of them mirrors what is typed in an attribute. */
const OWN = new Set(['id', 'for', 'aria-controls', 'value']);

/** Elements, attributes by name, and text: a line each. */
function outline(node: Node, depth = 0): readonly string[] {
  const indent = '  '.repeat(depth);
  const lines: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text.trim() !== '') lines.push(`${indent}"${text.trim()}"`);
    text = '';
  };
  for (const child of node.childNodes) {
    if (child instanceof Text) text += child.data;
    if (!(child instanceof Element)) continue;
    flush();
    const attributes = [...child.attributes]
      .filter(({ name }) => !OWN.has(name))
      .map(({ name, value }) => ` ${name}="${value}"`)
      .toSorted();
    lines.push(`${indent}<${child.localName}${attributes.join('')}>`, ...outline(child, depth + 1));
  }
  flush();
  return lines;
}

async function openBell(root: HTMLElement): Promise<readonly string[]> {
  const button = root.querySelector<HTMLElement>('.carillon-bell-button');
  button?.click();
  await expect.poll(() => root.querySelectorAll('.carillon-bell-item').length).toBe(2);
  const opened = outline(root);
  button?.click();
  await expect.poll(() => root.querySelector('.carillon-bell-item')).toBeNull();
  return opened;
}

it('status, bell, progress and chat are the same elements, classes, ARIA and words', async () => {
  const made = await backend('/api/v1/conversations', { kind: 'direct', members: [USER, 'leo'] });
  const id = String(new Map(Object.entries(Object(made))).get('id'));
  const says = (sender: string, content: string) =>
    backend(`/api/v1/conversations/${id}/messages`, { sender, content });
  await says(USER, 'Hello Leo');
  await says('leo', 'Hello Gemma');
  await backend('/api/v1/notifications', { users: [USER], title: 'Shipped', link: '/orders/7' });
  await backend('/api/v1/notifications', { users: [USER], title: 'Paid', content: 'Thank you.' });
  await backend('/api/v1/tasks/twin-1/start', { owner: USER, title: 'Report', total_steps: 4 });
  await backend('/api/v1/tasks/twin-1/progress', { message: 'Counting', step: 1, progress: 25 });
  await backend('/api/v1/tasks/twin-1/chunks', { index: 0, chunks: ['Hello', ' world'] });

  const { inReact, inVue, end } = showBoth(id);
  const both = [inReact, inVue];
  const allShow = (words: string): Promise<void> =>
    expect.poll(() => both.every((root) => root.textContent.includes(words))).toBe(true);
  expect(outline(inVue).join('\n')).toContain('Connecting…');
  for (const words of ['Connected', 'Hello Gemma', 'step 1 of 4', 'Hello world']) {
    await allShow(words);
  }
  expect(outline(inVue)).toEqual(outline(inReact));
  // One after the other: an open bell closes when the focus moves on.
  expect(await openBell(inVue)).toEqual(await openBell(inReact));

  await backend('/api/v1/tasks/twin-1/complete', { message: 'Ready' });
  for (const root of both) {
    await expect
      .poll(() => root.querySelector('.carillon-task')?.outerHTML)
      .toContain('"completed"');
    await expect.poll(() => root.querySelector('.carillon-stream')?.outerHTML).toContain('"done"');
  }
  const task = (root: HTMLElement) =>
    [...root.querySelectorAll('.carillon-task, .carillon-stream')].map((node) => outline(node));
  expect(task(inVue)).toEqual(task(inReact));
  end();
});
