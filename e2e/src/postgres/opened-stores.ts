/** Stores on PostgreSQL as several processes would open them, closed after each test. */
import { afterEach } from 'vitest';
import { openPostgresStore } from '../../../packages/server/src/adapters/store-sql/postgres/postgres-store.ts';
import type { PostgresStoreOptions } from '../../../packages/server/src/adapters/store-sql/postgres/postgres-store.ts';
import type { NewMessage } from '../../../packages/server/src/ports/chat-store.ts';
import type { Logger } from '../../../packages/server/src/ports/logger.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';

export interface OpenedStores {
  open(url: string, options?: Partial<PostgresStoreOptions>): Promise<Store>;
  /** Messages of level info and above, of all stores. */
  readonly logged: string[];
}

/** Call it at the top of a test file. */
export function openedStores(): OpenedStores {
  const opened: Store[] = [];
  const logged: string[] = [];
  const keep = (_: object, text: string): void => void logged.push(text);
  const logger: Logger = {
    debug: () => undefined,
    info: keep,
    warn: keep,
    error: keep,
    child: () => logger,
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    logged.length = 0;
  });
  return {
    logged,
    async open(url, options = {}) {
      const clock = { now: () => Date.now() };
      const store = await openPostgresStore({ url, logger, clock, ...options });
      opened.push(store);
      return store;
    },
  };
}

export async function groupOf(store: Store, ...members: string[]): Promise<string> {
  const created = await store.chat.createConversation({ kind: 'group', members });
  return created.conversation.id;
}

export const message = (conversationId: string, clientId: string, sender = 'ann'): NewMessage => ({
  conversationId,
  sender,
  clientId,
  kind: 'text',
  content: `content of ${clientId}`,
  pushTo: ['bob'],
});

/** All of a conversation, however long. */
export async function allMessages(store: Store, id: string) {
  const all = [];
  for (let after = 0; ;) {
    const page = await store.chat.listMessages(id, { after, limit: 1000 });
    all.push(...page);
    const last = page.at(-1);
    if (last === undefined) return all;
    after = last.seq;
  }
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
