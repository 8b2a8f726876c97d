// npm run example:python: a Carillon server, and the Python backend of examples/python-backend that
// notifies alice, moves a progress bar of hers and writes to her, every ten seconds.
import { runExample } from './run-example.mjs';
import { buildWebIfNeeded, installIfNeeded } from './workspace.mjs';

installIfNeeded();
await buildWebIfNeeded();
await runExample({
  name: 'python-backend',
  program: 'python3',
  command: () => ['notify.py', '--every', '10'],
  ready: /(notified)/,
  greeting: (url) => `The example is ready: open ${url}/?user=alice and watch bell, tasks and chat`,
});
