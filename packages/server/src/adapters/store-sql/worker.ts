/**
 * The thread of a store. Takes everything that has been queued, commits it as one group, answers
 * it with one message: while one group is being written, the next one gathers by itself.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Call, FromWorker, ToWorker, WorkerSettings } from './calls.ts';
import { migrateLocked } from './migrate-sqlite.ts';
import { SchemaTooNewError } from './schema-too-new-error.ts';
import { createTimeOrderedIds } from './time-ordered-id.ts';
import { Writer } from './writer.ts';

/** Bounds how long the first caller of a group waits for the last one. */
const MAX_GROUP = 512;

async function serve(port: MessagePort, { path, writerLeaseMs }: WorkerSettings): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message);
  const applied = await migrateLocked(path);
  const writer = new Writer({
    path,
    settings: { writerLeaseMs, createId: createTimeOrderedIds() },
    onFailing: (reason) => send({ type: 'failing', reason }),
    onHealed: (afterMs) => send({ type: 'healed', afterMs }),
  });
  const queue: Call[] = [];
  let isAnswering = false;
  let isClosing = false;

  function take(message: ToWorker): void {
    if (message.type === 'close') isClosing = true;
    else queue.push(...message.calls);
  }

  function takeWaiting(): void {
    for (;;) {
      const waiting = receiveMessageOnPort(port);
      if (waiting === undefined) return;
      // The other side of this port is worker-client.ts.
      take(waiting.message as ToWorker);
    }
  }

  async function answerAll(): Promise<void> {
    isAnswering = true;
    for (takeWaiting(); queue.length > 0; takeWaiting()) {
      const answers = await writer.answer(queue.splice(0, MAX_GROUP));
      send({ type: 'answers', answers });
    }
    isAnswering = false;
    if (!isClosing) return;
    writer.close();
    port.close();
  }

  port.on('message', (message: ToWorker) => {
    take(message);
    // A rejection would be a bug: it ends the thread, and worker-client.ts starts another one.
    if (!isAnswering) void answerAll();
  });
  send({ type: 'opened', applied });
}

if (parentPort === null) throw new Error('worker.ts runs in a worker thread only');
const port = parentPort;
try {
  await serve(port, workerData as WorkerSettings);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  const refused: FromWorker = {
    type: 'refused',
    reason,
    isTooNew: error instanceof SchemaTooNewError,
  };
  port.postMessage(refused);
}
