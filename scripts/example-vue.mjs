// npm run example:vue: a Carillon server and the Vue application of examples/vue, from a fresh clone.
import { join } from 'node:path';
import { runExample } from './run-example.mjs';
import { root } from './workspace.mjs';

const flags = (port) => ['--host', 'localhost', '--port', port, '--strictPort'];

await runExample({
  name: 'vue',
  packages: ['protocol', 'client', 'vue'],
  port: 5173,
  command: (port) => [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), ...flags(port)],
  ready: /(ready in)/,
  env: (carillon) => ({ VITE_CARILLON_URL: carillon }),
});
