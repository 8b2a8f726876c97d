/** What people do on the chat page, in the three languages. */
import type { Locator, Page } from 'playwright-core';

export const nameField = (page: Page): Locator => page.getByLabel(/^(Your name|你的名字)$/);

export const composer = (page: Page): Locator =>
  page.getByRole('textbox', { name: /^(Message|訊息|消息)$/ });

export async function join(page: Page, name: string): Promise<void> {
  await nameField(page).fill(name);
  await nameField(page).press('Enter');
  await page.getByText(/heartbeat on|心跳正常/).waitFor();
}

/** Written, sent and confirmed by the server. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
  await page.locator('.message.own:not(.pending)', { hasText: text }).last().waitFor();
}

export const message = (page: Page, text: string): Locator =>
  page.locator('.message', { hasText: text });

export const bubble = (page: Page, text: string): Locator => message(page, text).locator('.bubble');

/** What the room itself says. */
export const notice = (page: Page, text: string): Locator =>
  page.locator('.system-text', { hasText: text });

/** One computed property, as the browser paints it. */
export const styleOf = (target: Locator, property: string): Promise<string> =>
  target.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
