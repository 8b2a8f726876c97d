// An example application with a Carillon server of its own, from a fresh clone. PORT is the
// application's, CARILLON_PORT (8000) the server's; 0 takes a free one.
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

/**
 * `name`: the folder in examples. `packages`: those that are compiled first. `port`: of the
 * application, where PORT does not say. `command(port)`: what `program` (Node) runs in that folder;
 * it is ready when it has printed `ready`. The application finds CARILLON_URL, JWT_SECRET and API_KEY
 * in its environment, and what `env(url)` adds. `greeting(url)`: what is said then.
 */
export async function runExample(example) {
  const { name, packages = [], port: usualPort = 0, command, ready, env = () => ({}) } = example;
  installIfNeeded();
  await buildPackagesIfNeeded(packages);
  const port = await portOf(process.env.PORT, usualPort);
  const secrets = {
    JWT_SECRET: process.env.JWT_SECRET ?? randomBytes(32).toString('hex'),
    API_KEY: process.env.API_KEY ?? randomBytes(16).toString('hex'),
  };
  const carillonPort = process.env.CARILLON_PORT ?? '8000';
  // The application's, and the server's own for its console and playground.
  const origins = [`localhost:${port}`, `localhost:${carillonPort}`, `127.0.0.1:${carillonPort}`];
  const start = startTogether();
  const cli = join(root, 'packages', 'server', 'src', 'cli.ts');
  const server = start([...sourceFlags, cli, 'serve'], {
    cwd: root,
    env: {
      ...process.env,
      ...secrets,
      PORT: carillonPort,
      DATA_DIR: process.env.DATA_DIR ?? join(root, 'data', `example-${name}`),
      ALLOWED_ORIGINS: origins.map((each) => `http://${each}`).join(','),
      LOG_LEVEL: 'warn',
    },
  });
  const carillon = await printed(server, /Carillon is ready at (http:\/\/\S+)/);
  const application = start(command(port), {
    program: example.program,
    cwd: join(root, 'examples', name),
    env: {
      ...process.env,
      ...secrets,
      PATH: `${dirname(node)}:${process.env.PATH}`,
      CARILLON_URL: carillon,
      ...env(carillon),
    },
  });
  await printed(application, ready);
  say(
    example.greeting?.(carillon) ??
      `The example is ready at http://localhost:${port}, its Carillon server at ${carillon}`,
  );
}

/** One that nobody uses now, where 0 is asked for. */
async function portOf(text, otherwise) {
  if (text !== '0') return Number(text ?? otherwise);
  const server = createServer();
  await new Promise((resolve) => server.listen(0, resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts programs that are of no use without each other: they end together. */
function startTogether() {
  const children = [];
  const endAll = () => {
    for (const child of children) child.kill('SIGTERM');
  };
  process.on('SIGINT', endAll);
  process.on('SIGTERM', endAll);
  return (args, { program = node, ...options }) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
    child.stdout.setEncoding('utf8');
    children.push(child);
    child.on('exit', (code) => {
      endAll();
      process.exitCode ??= code ?? 0;
    });
    return child;
  };
}

/** What the pattern's group catches, once it is printed. */
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
