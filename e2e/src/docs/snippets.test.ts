/**
 * The code in getting-started and the guides, run as it stands: backends against a server, pages of the
 * plain SDK in Chromium, where what the backends said must show up. React and migrations are type-checked, Vue compiled.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { symlink, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startServer } from '@carillon/testkit';
import type { RunningServer } from '@carillon/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, visit } from '../browser/chromium.ts';
import { serveSdk } from '../browser/sdk-page.ts';
import { createReaderFolder, isProgram, outputOf } from './documented-programs.ts';
import type { ReaderFolder } from './documented-programs.ts';
import { ROOT, blocksOf, documents, readDocument } from './markdown.ts';
import type { Block } from './markdown.ts';

const START = 'docs/getting-started.md';
const GUIDES = ['bell', 'chat', 'progress', 'ai-stream', 'presence'] as const;
type Guide = (typeof GUIDES)[number];
const guide = (name: Guide): Block[] => blocksOf(readDocument(`docs/guides/${name}.md`));
const only = (blocks: readonly Block[], language: string): string =>
  blocks.find((block) => block.language === language && block.title === '')?.code ?? '';

let server: RunningServer;
let folder: ReaderFolder;
let browser: Browser;

/** What a reader has installed is compiled: the getting-started page and the types come from there. */
async function buildPackages(): Promise<void> {
  const build = `const workspace = await import(${JSON.stringify(join(ROOT, 'scripts', 'workspace.mjs'))});
    await workspace.buildPackagesIfNeeded(['protocol', 'client', 'react', 'vue']);`;
  await outputOf([process.execPath, '--input-type=module', '-e', build], {
    cwd: ROOT,
    env: process.env,
  });
}

beforeAll(async () => {
  const config = guide('presence').find(({ title }) => title === 'carillon.json')?.code ?? '';
  [server, browser] = await Promise.all([
    startServer({ config: JSON.parse(config), env: { ALLOWED_ORIGINS: '*' } }),
    launchChromium(),
    buildPackages(),
  ]);
  folder = await createReaderFolder(server);
}, 120_000);

afterAll(async () => {
  await browser.close();
  await server.stop();
  await folder.remove();
});

const runAll = async (blocks: readonly Block[]): Promise<string> => {
  let output = '';
  for (const block of blocks.filter(isProgram)) output += await folder.run(block);
  return output;
};

describe('getting-started', () => {
  let app: ChildProcess;
  let page: Page;

  beforeAll(async () => {
    app = spawn(process.execPath, ['server.mjs'], {
      cwd: folder.path,
      env: folder.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed]: Buffer[] = await once(app.stdout ?? app, 'data');
    const url = /Open (\S+)/.exec(String(printed))?.[1] ?? '';
    ({ page } = await visit(browser, url));
  });

  afterAll(async () => {
    app.kill('SIGTERM');
    await page.context().close();
  });

  test('the page connects, each command rings its bell, and the bell marks all as read', async () => {
    await page.getByText('connected', { exact: true }).waitFor();
    await runAll(blocksOf(readDocument(START)));
    for (const title of ['Order shipped', 'Invoice paid', 'Somebody liked your photo']) {
      await page.getByText(`${title} (unread)`).waitFor();
    }
    await page.getByText('3 unread').waitFor();
    await page.locator('#bell').click();
    await page.getByText('0 unread').waitFor();
    await page.getByText('Invoice paid (read)').waitFor();
  });

  test('the token of the Python backend is one, too', async () => {
    const code = 'from carillon import token_for; print(token_for("alice"))';
    const printed = await outputOf(['python3', '-c', code], { cwd: folder.path, env: folder.env });
    const answer = await fetch(`${server.url}/api/v1/me/notifications/counts`, {
      headers: { authorization: `Bearer ${printed.trim()}` },
    });
    expect(answer.status).toBe(200);
  });
});

/** The guide's markup and its plain script, on a page of alice's. */
async function openGuide(name: Guide): Promise<Page> {
  const blocks = guide(name);
  const token = await server.token('alice');
  const context = await browser.newContext();
  const pages = await serveSdk(
    context,
    server.url,
    `import { createCarillon } from '@carillon/client';
    document.body.innerHTML = ${JSON.stringify(only(blocks, 'html'))};
    const carillon = createCarillon({ user: 'alice', getToken: async () => ${JSON.stringify(token)} });
    window.ready = true;
    { ${only(blocks, 'js')} }`,
  );
  return await pages.open();
}

const text = (page: Page, id: string) => expect.poll(() => page.locator(id).innerText());

describe('guides', () => {
  test('bell: what the backends say rings, is listed, and is marked', async () => {
    const page = await openGuide('bell');
    await text(page, '#unread').toMatch(/\d/);
    await runAll(guide('bell'));
    await text(page, '#list').toMatch(
      /photo \(unread\)\s+Invoice paid \(unread\)\s+Order shipped \(unread\)/,
    );
    await text(page, '#toast').toBe('Somebody liked your photo');
    await page.locator('#list li').first().click();
    await text(page, '#list').toContain('photo (read)');
    await page.locator('#bell').click();
    await text(page, '#unread').toBe('0');
    await page.context().close();
  });

  test('chat: what bob says from two backends arrives, and alice answers', async () => {
    const page = await openGuide('chat');
    await runAll(guide('chat'));
    await text(page, '#messages').toBe('bob: Hello from curl\nbob: Hello from Python');
    await page.locator('#text').fill('Hello bob');
    await page.locator('#text').press('Enter');
    await text(page, '#messages').toContain('alice: Hello bob');
    await page.context().close();
  });

  test('progress: the bar is where the backend has brought it', async () => {
    await runAll(guide('progress'));
    const page = await openGuide('progress');
    await text(page, '#message').toBe('Import contacts: completed, 120 contacts');
    expect(await page.locator('#bar').getAttribute('value')).toBe('100');
    expect(await page.locator('#cancel').isHidden()).toBe(true);
    await page.context().close();
  });

  test('ai-stream: the text is whole, whoever wrote it', async () => {
    await runAll(guide('ai-stream'));
    const page = await openGuide('ai-stream');
    await text(page, '#answer').toBe('Once upon a time.');
    await text(page, '#state').toBe('done');
    await page.context().close();
    for (const [task, words] of [
      ['answer-8', 'The answer is 42.'],
      ['answer-9', 'Deep Thought says so.'],
    ]) {
      const answer = await fetch(`${server.url}/api/v1/tasks/${task}/chunks`, {
        headers: { 'x-api-key': server.apiKey },
      });
      const { chunks }: { chunks: { text: string }[] } = await answer.json();
      expect(chunks.map((chunk) => chunk.text).join('')).toBe(words);
    }
  });

  test('presence: alice sees herself, and so do the backends', async () => {
    const page = await openGuide('presence');
    await text(page, '#here').toBe('alice');
    const output = await runAll(guide('presence'));
    expect(output).toContain("['alice']\n{'num_clients': 1, 'num_users': 1}");
    expect(output).toContain('"online":true');
    expect(output).toContain("[ 'alice' ]");
    await page.context().close();
  });
});

interface SfcCompiler {
  parse(source: string): { descriptor: object; errors: unknown[] };
  compileScript(descriptor: object, options: object): { content: string };
}

describe('types', () => {
  test('what is said in TypeScript has these types, Vue compiles, and what it imports is there', async () => {
    const path = await mkdtemp(join(tmpdir(), 'carillon-docs-types-'));
    const sfc: SfcCompiler = createRequire(join(ROOT, 'packages/vue/package.json'))(
      'vue/compiler-sfc',
    );
    await symlink(join(ROOT, 'node_modules'), join(path, 'node_modules'));
    await writeFile(join(path, 'styles.d.ts'), "declare module '*.css';\n");
    await writeFile(join(path, 'package.json'), '{"type":"module"}');
    for (const name of GUIDES) {
      const [react, vue] = [only(guide(name), 'tsx'), only(guide(name), 'vue')];
      expect(react, `${name} has React`).not.toBe('');
      await writeFile(join(path, `${name}.tsx`), react);
      const { descriptor, errors } = sfc.parse(vue);
      expect(errors, name).toEqual([]);
      const { content } = sfc.compileScript(descriptor, { id: name, inlineTemplate: true });
      const imports = /^import .* from '@carillon\/vue';?$/m.exec(content)?.[0] ?? '';
      expect(imports, `${name} has Vue`).not.toBe('');
      await writeFile(join(path, `${name}-vue.ts`), imports);
    }
    for (const page of documents().filter((name) => name.startsWith('docs/migration/'))) {
      for (const { language, code, line } of blocksOf(readDocument(page))) {
        if (language === 'ts') await writeFile(join(path, `${basename(page)}-${line}.ts`), code);
      }
    }
    const options = {
      customConditions: [],
      jsx: 'react-jsx',
      lib: ['ES2024', 'DOM', 'DOM.Iterable'],
      noUnusedLocals: false,
      noPropertyAccessFromIndexSignature: false,
    };
    await writeFile(
      join(path, 'tsconfig.json'),
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.base.json'),
        compilerOptions: options,
        include: ['*'],
      }),
    );
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const env = { PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH']}` };
    expect(await outputOf([tsc, '-p', path], { cwd: path, env })).toBe('');
    await rm(path, { recursive: true, force: true });
  }, 30_000);
});
