// Every TypeScript project, each with the library types it may see (core and protocol: neither DOM nor Node).
import { run } from './workspace.mjs';

const projects = [
  'packages/protocol/tsconfig.json',
  'packages/server/tsconfig.core.json',
  'packages/server/tsconfig.json',
  'packages/client/tsconfig.json',
  'packages/react/tsconfig.json',
  'packages/vue/tsconfig.json',
  'packages/web/tsconfig.json',
  'tsconfig.json',
];

let failed = 0;
for (const project of projects) {
  if ((await run('tsc', ['-p', project])) !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
