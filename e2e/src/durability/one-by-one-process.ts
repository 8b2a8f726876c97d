/**
 * Appends so many messages, one after the other, and prints `ack <n>` for each; where the store
 * refuses one, `refused <n>`, and tries it again when the store says it can save.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../../packages/server/src/ports/logger.ts';
import { StoreUnavailableError } from '../../../packages/server/src/ports/store.ts';
import { openSqliteStore } from '../../../packages/server/src/adapters/store-sql/sqlite-store.ts';

const [path = '', count = '0'] = process.argv.slice(2);
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => logger,
};

const store = await openSqliteStore({ path, logger, clock: { now: () => Date.now() } });
const { conversation } = await store.chat.createConversation({ kind: 'group', members: ['ann'] });
const sent = { conversationId: conversation.id, sender: 'ann', kind: 'text', content: 'text' };

async function isSaved(n: number): Promise<boolean> {
  try {
    return (await store.chat.appendMessage({ ...sent, clientId: `c${n}`, pushTo: [] })).ok;
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    writeSync(1, `refused ${n} ${error.message}\n`);
    return false;
  }
}

async function untilHealed(): Promise<void> {
  for (;;) {
    try {
      return await store.ping();
    } catch {
      await pause(20);
    }
  }
}

writeSync(1, 'begin\n');
for (let n = 0; n < Number(count); n++) {
  while (!(await isSaved(n))) await untilHealed();
  writeSync(1, `ack ${n}\n`);
}
const { items } = await store.chat.listConversations('ann', { limit: 1 });
writeSync(1, `stored ${items[0]?.conversation.lastSeq}\n`);
await store.close();
