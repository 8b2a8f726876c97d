/**
 * A worker that dies by SIGKILL between a message's commit and its acknowledgement: the message is
 * the notification with the title of TEST_KILL_AT.
 */
import { startQueueWorker } from './queue-worker.ts';

const { TEST_DATA_DIR: dataDir = '', TEST_KILL_AT: title, ...env } = process.env;

await startQueueWorker({
  dataDir,
  env: Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith('QUEUE_') && value !== undefined ? [[name, value]] : [],
    ),
  ),
  wrap: (dispatcher) => ({
    procedures: dispatcher.procedures,
    call: async (method, input, call) => {
      const outcome = await dispatcher.call(method, input, call);
      const isTheOne =
        typeof input === 'object' && input !== null && Reflect.get(input, 'title') === title;
      if (isTheOne && outcome.ok) process.kill(process.pid, 'SIGKILL');
      return outcome;
    },
  }),
});
// The queue's connections keep it running.
setInterval(() => undefined, 60_000);
