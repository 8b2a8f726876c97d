/**
 * The thread of a store. Takes everything that has been queued, commits it as one group, answers
 * it with one message: while one group is being written, the next one gathers by itself.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Answer, Call, FromWorker, ToWorker, WorkerSettings } from './calls.ts';
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
  const ports = new Set<MessagePort>();
  const queue: Queued[] = [];
  let isAnswering = false;
  let isClosing = false;

  function take(message: ToWorker, from: MessagePort): void {
    if (message.type === 'close') isClosing = true;
    else if (message.type === 'join') listen(message.port);
    else for (const call of message.calls) queue.push({ call, from });
  }

  function takeWaiting(): void {
    for (const from of ports) {
      for (;;) {
        const waiting = receiveMessageOnPort(from);
        if (waiting === undefined) break;
        // The other side is worker-client.ts or port-client.ts.
        take(waiting.message as ToWorker, from);
      }
    }
  }

  async function answerAll(): Promise<void> {
    isAnswering = true;
    for (takeWaiting(); queue.length > 0; takeWaiting()) {
      const group = queue.splice(0, MAX_GROUP);
      const answers = await writer.answer(group.map(({ call }) => call));
      for (const [from, theirs] of byPort(group, answers)) {
        from.postMessage({ type: 'answers', answers: theirs } satisfies FromWorker);
      }
    }
    isAnswering = false;
    if (!isClosing) return;
    writer.close();
    for (const each of ports) each.close();
  }

  function listen(from: MessagePort): void {
    ports.add(from);
    from.on('message', (message: ToWorker) => {
      take(message, from);
      // A rejection would be a bug: it ends the thread, and worker-client.ts starts another one.
      if (!isAnswering) void answerAll();
    });
    from.on('close', () => ports.delete(from));
  }

  listen(port);
  send({ type: 'opened', applied });
}

interface Queued {
  readonly call: Call;
  readonly from: MessagePort;
}

/** One commit serves the callers of all threads; each gets its own answers, in its order. */
function byPort(
  group: readonly Queued[],
  answers: readonly Answer[],
): ReadonlyMap<MessagePort, readonly Answer[]> {
  const found = new Map<MessagePort, Answer[]>();
  for (const [index, { from }] of group.entries()) {
    const answer = answers[index] ?? ['failed', 'the store gave no answer', undefined];
    const theirs = found.get(from);
    if (theirs === undefined) found.set(from, [answer]);
    else theirs.push(answer);
  }
  return found;
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
