/** What people do in the messenger, and what backends do for them. */
import type { RunningServer } from '@carillon/testkit';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { visit } from './chromium.ts';
import type { Visit } from './chromium.ts';

export const composer = (page: Page): Locator =>
  page.getByRole('textbox', { name: /^(Message|訊息|消息)$/ });

/** A demo user, signed in and connected; at a conversation where one is given. */
export async function signIn(
  browser: Browser,
  server: RunningServer,
  { user, at, ...options }: SignIn,
): Promise<Visit> {
  const hash = at === undefined ? '' : `#c/${at}`;
  const visitor = await visit(browser, `${server.url}/?user=${user}${hash}`, options);
  await visitor.page.locator('.state-mark .dot.good').waitFor({ state: 'attached' });
  if (at !== undefined) await composer(visitor.page).waitFor();
  return visitor;
}

export interface SignIn extends BrowserContextOptions {
  readonly user: string;
  readonly at?: string;
}

/** Written, sent and confirmed by the server. */
export async function say(page: Page, text: string): Promise<void> {
  await write(page, text);
  await page.locator('.message.own:not(.pending)', { hasText: text }).last().waitFor();
}

/** Written and sent; it may be waiting. */
export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

export const message = (page: Page, text: string): Locator =>
  page.locator('.message', { hasText: text });

export const conversation = (page: Page, title: string): Locator =>
  page.getByRole('link', { name: new RegExp(title) }).and(page.locator('.conversation'));

/** What the log shows, in order, without what is only for screen readers. */
export const texts = (page: Page): Promise<string[]> => page.locator('.bubble').allTextContents();

/** As a backend with its key; answers the body. */
export async function call(
  server: RunningServer,
  path: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': server.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return answer as Readonly<Record<string, unknown>>;
}

/** A group of these people; answers its id. */
export async function createGroup(
  server: RunningServer,
  title: string,
  members: readonly string[],
): Promise<string> {
  const created = await call(server, '/api/v1/conversations', {
    kind: 'group',
    title,
    members,
    user: members[0],
  });
  return String(created['id']);
}

export const sayAs = (
  server: RunningServer,
  conversationId: string,
  { sender, content }: { readonly sender: string; readonly content: string },
): Promise<unknown> =>
  call(server, `/api/v1/conversations/${conversationId}/messages`, { sender, content });
