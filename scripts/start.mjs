// npm start: install what is missing, build the pages, start the server. Arguments go to `carillon serve`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildWebIfNeeded, installIfNeeded, node, root, sourceFlags } from './workspace.mjs';

installIfNeeded();
await buildWebIfNeeded();

const cli = join(root, 'packages', 'server', 'src', 'cli.ts');
const server = spawn(node, [...sourceFlags, cli, 'serve', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// The server drains by itself; this process only passes the signal on and waits.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    // Ctrl-C reaches the whole process group: the server has it already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) server.kill(signal);
  });
}
server.on('exit', (code) => process.exit(code ?? 1));
