/** What can be measured of how usable a page is: axe, sizes, focus, and the looks to measure in. */
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { DESKTOP, PHONE } from './chromium.ts';

/** axe builds elements from text, which the pages' own policy forbids; hence a page without it. */
export const withAxe = (options: BrowserContextOptions): BrowserContextOptions => ({
  ...options,
  bypassCSP: true,
});

export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>('axe.run()');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

export const isFocused = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === document.activeElement);

export const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, textarea, summary, nav a, .button')]
      .filter((element) => element.checkVisibility())
      .filter((element) => element.getBoundingClientRect().height < 43.5)
      .map((element) => element.outerHTML.slice(0, 120)),
  );

export const LOOKS: readonly { name: string; options: BrowserContextOptions }[] = [
  { name: 'desktop, light', options: { viewport: DESKTOP, colorScheme: 'light' } },
  { name: 'desktop, dark', options: { viewport: DESKTOP, colorScheme: 'dark' } },
  { name: 'phone, light', options: { viewport: PHONE, colorScheme: 'light' } },
  { name: 'phone, dark', options: { viewport: PHONE, colorScheme: 'dark' } },
];
