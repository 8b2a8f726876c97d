// npm run build: dist of the published packages, and the web pages inside the server's package.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { installIfNeeded, root, run } from './workspace.mjs';

installIfNeeded();
for (const name of ['protocol', 'client', 'react', 'vue', 'server']) {
  rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });
  const code = await run('tsc', ['-p', `packages/${name}/tsconfig.build.json`]);
  if (code !== 0) process.exit(code);
}
process.exit(await run('npm', ['run', 'build', '--workspace', '@carillon/web', '--silent']));
