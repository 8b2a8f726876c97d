// What the two commands share. Plain JavaScript without dependencies: it must run on a fresh clone
// with the system's Node (20 or newer), before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The pinned Node 24 of node_modules, whatever the system has. */
export const node = join(root, 'node_modules', 'node', 'bin', 'node');

/** Development and tests run the sources: workspace packages resolve to src instead of dist. */
export const sourceFlags = ['--conditions=@carillon/source'];

export function say(text) {
  process.stdout.write(`${text}\n`);
}

const stampFile = join(root, 'node_modules', '.carillon-installed');

/**
 * Installs what the lock file says when nothing is installed or it has changed since. Not `npm ci`:
 * that refuses where a registry lacks some other platform's optional binary.
 */
export function installIfNeeded() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lock && existsSync(node)) return;
  say('Installing packages …');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync('npm', args, { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
  writeFileSync(stampFile, lock);
}

/** Runs a program with the pinned Node first on the PATH; resolves with its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const path = `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}`;
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      ...options,
      env: { ...process.env, PATH: path, ...options.env },
    });
    child.on('error', (error) => {
      say(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

function newestChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    stat.mtimeMs,
    ...readdirSync(path)
      .filter((name) => name !== 'node_modules' && name !== 'dist')
      .map((name) => newestChange(join(path, name))),
  );
}

/** Builds the web pages when their sources are newer than the last build. */
export async function buildWebIfNeeded() {
  const sources = ['protocol', 'client', 'react', 'web'].map((name) =>
    join(root, 'packages', name),
  );
  const page = join(root, 'packages', 'server', 'public', 'index.html');
  if (existsSync(page) && statSync(page).mtimeMs >= Math.max(...sources.map(newestChange))) return;
  mkdirSync(dirname(page), { recursive: true });
  say('Building the web pages …');
  const code = await run('npm', ['run', 'build', '--workspace', '@carillon/web', '--silent']);
  if (code !== 0) process.exit(code);
}

/** Compiles packages whose sources are newer than their dist, for programs that take them from there. */
export async function buildPackagesIfNeeded(names) {
  for (const name of names) {
    const directory = join(root, 'packages', name);
    const built = join(directory, 'dist', 'index.js');
    if (existsSync(built) && statSync(built).mtimeMs >= newestChange(directory)) continue;
    say(`Building @carillon/${name} …`);
    const code = await run('tsc', ['-p', join(directory, 'tsconfig.build.json')]);
    if (code !== 0) process.exit(code);
  }
}
