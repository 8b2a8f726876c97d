/**
 * Preloaded into every thread of a server under test (NODE_OPTIONS=--import): SIGUSR2 makes the
 * first worker thread fail with an error nobody catches.
 */
import { BroadcastChannel, isMainThread, threadName } from 'node:worker_threads';

const channel = new BroadcastChannel('crash');
channel.unref();

if (isMainThread) {
  process.on('SIGUSR2', () => channel.postMessage('now'));
} else if (threadName === 'carillon-worker-1') {
  channel.onmessage = () => {
    setImmediate(() => {
      throw new Error('struck by lightning');
    });
  };
}
