/**
 * An empty page of the server's own origin with the SDK in it, straight from its sources: types are
 * stripped as the browser asks for each file, nothing is built.
 */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

const PACKAGES = join(import.meta.dirname, '..', '..', '..', 'packages');
const FOLDER = '/sdk-test/';

const page = (script: string): string => `<!doctype html><title>SDK</title>
<script type="importmap">{"imports":{
  "@carillon/client":"${FOLDER}client/src/index.ts",
  "@carillon/protocol":"${FOLDER}protocol/src/index.ts"}}</script>
<script type="module">${script}</script>`;

export interface SdkPages {
  /** Where the script has run and `window.ready` is set. */
  open(): Promise<Page>;
}

/** `script` is a module's text; the pages of one context are tabs of one browser. */
export async function serveSdk(
  context: BrowserContext,
  serverUrl: string,
  script: string,
): Promise<SdkPages> {
  const stripped = new Map<string, Promise<string>>();
  const strip = async (path: string): Promise<string> =>
    stripTypeScriptTypes(await readFile(join(PACKAGES, path), 'utf8'));
  await context.route(`${serverUrl}${FOLDER}**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(FOLDER.length);
    if (path === '') return route.fulfill({ contentType: 'text/html', body: page(script) });
    const body = stripped.get(path) ?? strip(path);
    stripped.set(path, body);
    return route.fulfill({ contentType: 'text/javascript', body: await body });
  });
  return {
    async open() {
      const opened = await context.newPage();
      opened.setDefaultTimeout(15_000);
      await opened.goto(`${serverUrl}${FOLDER}`);
      await opened.waitForFunction('window.ready === true');
      return opened;
    },
  };
}
