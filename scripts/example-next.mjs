// npm run example:next: a Carillon server and the Next.js application of examples/next, from a fresh clone.
import { join } from 'node:path';
import { runExample } from './run-example.mjs';
import { root } from './workspace.mjs';

await runExample({
  name: 'next',
  packages: ['protocol', 'client', 'react'],
  port: 3000,
  command: (port) => [join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'dev', '-p', port],
  ready: /(Ready in)/,
  env: () => ({ NEXT_TELEMETRY_DISABLED: '1' }),
});
