/**
 * A process that keeps a store busy until it is killed, and prints one JSON line per
 * acknowledgement. Arguments: database path, name of the round.
 * Ids follow a pattern, so that whoever reads the lines can try the unanswered ones again.
 */
import { writeSync } from 'node:fs';
import type { Logger } from '../../../packages/server/src/ports/logger.ts';
import { openSqliteStore } from '../../../packages/server/src/adapters/store-sql/sqlite-store.ts';

/** Senders of each kind; each has one call in flight. */
const SENDERS = 12;

const [path = '', round = ''] = process.argv.slice(2);
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  child: () => logger,
};

/** Written before anything else happens: what was printed was acknowledged. */
const print = (line: object): void => {
  writeSync(1, `${JSON.stringify(line)}\n`);
};

const store = await openSqliteStore({ path, logger, clock: { now: () => Date.now() } });
const { chat, inbox, tasks } = store;

async function sendMessages(conversationId: string, sender: number): Promise<never> {
  for (let n = 0; ; n++) {
    const clientId = `${round}-${sender}-${n}`;
    const sent = { conversationId, sender: 'ann', clientId, kind: 'text', content: clientId };
    const result = await chat.appendMessage({ ...sent, pushTo: ['bob'] });
    if (!result.ok) throw new Error(result.error);
    const { seq, id } = result.value.message;
    print({ type: 'message', conversationId, clientId, seq, id });
  }
}

async function notify(sender: number): Promise<never> {
  for (let n = 0; ; n++) {
    const id = `${round}-${sender}-${n}`;
    const note = { id, title: id, content: 'c', type: 'info', dedupeKey: id };
    const [added] = await inbox.addNotifications(note, ['ann'], []);
    print({ type: 'notification', id, seq: added?.notification.seq });
  }
}

async function work(sender: number): Promise<never> {
  for (let n = 0; ; n++) {
    const id = `${round}-${sender}-${n}`;
    const change = async (step: number) =>
      step < 3
        ? tasks.changeTask(id, { type: 'progress', step })
        : tasks.changeTask(id, { type: 'completed', result: '"done"' });
    await tasks.startTask({ id, owner: 'ann', totalSteps: 3 });
    for (let step = 1; step <= 3; step++) {
      const result = await change(step);
      if (!result.ok) throw new Error(result.error);
      const { version, status } = result.value.task;
      print({ type: 'task', id, version, status });
    }
  }
}

const rooms = await Promise.all(
  ['a', 'b', 'c'].map((name) => chat.createConversation({ kind: 'room', name, members: [] })),
);
await Promise.all(
  Array.from({ length: SENDERS }, (_, sender) => {
    const room = rooms[sender % rooms.length];
    if (room === undefined) throw new Error('no room');
    return [sendMessages(room.conversation.id, sender), notify(sender), work(sender)];
  }).flat(),
);
