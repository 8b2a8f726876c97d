/**
 * Runs what the documentation shows as its readers would: shell, Python and Node in a folder with the
 * files that getting-started has them make, against a server of the test.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_SECRET } from '@carillon/testkit';
import { ROOT, blocksOf, readDocument } from './markdown.ts';
import type { Block } from './markdown.ts';

const DOCUMENTED_URL = 'http://localhost:8000';
const IS_FILE = /\.\w+$/;

/** What a terminal's title stands for is done by the test itself: it starts the server and serves the page. */
export const isProgram = ({ language, title }: Block): boolean =>
  title === '' && ['sh', 'python', 'mjs'].includes(language);

export interface ReaderFolder {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** Resolves with what it printed. @throws Error where it ends badly, or what it starts does not end */
  run(block: Block): Promise<string>;
  remove(): Promise<void>;
}

export async function createReaderFolder(server: {
  readonly url: string;
  readonly apiKey: string;
}): Promise<ReaderFolder> {
  const path = await mkdtemp(join(tmpdir(), 'carillon-docs-'));
  await mkdir(join(path, 'node_modules'));
  await symlink(join(ROOT, 'node_modules', '@carillon'), join(path, 'node_modules', '@carillon'));
  const here = (code: string): string => code.replaceAll(DOCUMENTED_URL, server.url);
  for (const { title, code } of blocksOf(readDocument('docs/getting-started.md'))) {
    if (IS_FILE.test(title)) await writeFile(join(path, title), here(code));
  }
  const env = {
    PATH: process.env['PATH'],
    CARILLON_URL: server.url,
    JWT_SECRET: TEST_SECRET,
    API_KEY: server.apiKey,
    PORT: '0',
  };
  return {
    path,
    env,
    async run({ language, code, line }) {
      const file = join(path, `line-${line}.${language}`);
      // The reader's own key is in the environment already.
      await writeFile(file, here(code).replaceAll(/^export API_KEY=.*$/gm, ''));
      const [program, ...args] = PROGRAMS[language] ?? [];
      if (program === undefined) throw new Error(`nothing runs ${language}`);
      return await outputOf([program, ...args, file], { cwd: path, env });
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  sh: ['bash', '-eu', '-o', 'pipefail'],
  python: ['python3'],
  mjs: [process.execPath],
};

export function outputOf(
  [program = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code}:\n${output}`));
    });
  });
}
