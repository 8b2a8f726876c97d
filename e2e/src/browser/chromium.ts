/**
 * The system's Chromium with a fresh profile, and pages that remember everything a page must not
 * do: console errors, uncaught exceptions, violations of the content security policy.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const BUILT_PAGE = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'packages',
  'server',
  'public',
  'chat.html',
);

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A microphone that beeps, and nobody who has to allow it.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

export const DESKTOP = { width: 1280, height: 800 };
/** As narrow as phones still are. */
export const PHONE = { width: 360, height: 740 };

export function launchChromium(): Promise<Browser> {
  if (!existsSync(BUILT_PAGE)) {
    throw new Error('the pages are not built; run npm run build -w @carillon/web first');
  }
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ARGUMENTS,
  });
}

export interface Visit {
  readonly page: Page;
  /** What went wrong in the page so far. */
  readonly faults: readonly string[];
}

/** A visitor of their own: no cookies, storage or connections shared with others. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: DESKTOP,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  return { page, faults };
}
