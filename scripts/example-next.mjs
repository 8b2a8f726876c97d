// npm run example:next: a Carillon server and the Next.js application of examples/next, from a fresh
// clone. PORT (3000) is the application's, CARILLON_PORT (8000) the server's; 0 takes a free one.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import {
  buildPackagesIfNeeded,
  installIfNeeded,
  node,
  root,
  say,
  sourceFlags,
} from './workspace.mjs';

installIfNeeded();
await buildPackagesIfNeeded(['protocol', 'client', 'react']);

/** One that nobody uses now, where 0 is asked for. */
async function portOf(text, otherwise) {
  if (text !== '0') return Number(text ?? otherwise);
  const server = createServer();
  await new Promise((resolve) => server.listen(0, resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const port = await portOf(process.env.PORT, 3000);
const directory = join(root, 'examples', 'next');
const secrets = {
  JWT_SECRET: process.env.JWT_SECRET ?? randomBytes(32).toString('hex'),
  API_KEY: process.env.API_KEY ?? randomBytes(16).toString('hex'),
};

const children = [];
function start(args, options) {
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  child.stdout.setEncoding('utf8');
  children.push(child);
  // Neither is of use without the other.
  child.on('exit', (code) => {
    for (const other of children) other.kill('SIGTERM');
    process.exitCode ??= code ?? 0;
  });
  return child;
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill('SIGTERM');
  });
}

function printed(child, pattern) {
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
}

const server = start([...sourceFlags, join(root, 'packages', 'server', 'src', 'cli.ts'), 'serve'], {
  cwd: root,
  env: {
    ...process.env,
    ...secrets,
    PORT: String(process.env.CARILLON_PORT ?? 8000),
    DATA_DIR: process.env.DATA_DIR ?? join(root, 'data', 'example-next'),
    ALLOWED_ORIGINS: `http://localhost:${port}`,
    LOG_LEVEL: 'warn',
  },
});
const carillon = await printed(server, /Carillon is ready at (http:\/\/\S+)/);

const next = start([join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'dev', '-p', port], {
  cwd: directory,
  env: {
    ...process.env,
    ...secrets,
    PATH: `${dirname(node)}:${process.env.PATH}`,
    CARILLON_URL: carillon,
    NEXT_TELEMETRY_DISABLED: '1',
  },
});
await printed(next, /(Ready in)/);
say(`The example is ready at http://localhost:${port}, its Carillon server at ${carillon}`);
