/** Chat over a client and an offline queue: the list (conversation-list.ts) and what is opened (open-conversation.ts). */
import type { Client } from '../client.ts';
import { platform, type ClientClock } from '../environment.ts';
import { createHeld } from '../live/held.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Chat } from './chat.ts';
import { createConversationList } from './conversation-list.ts';
import { openConversation, type ConversationDeps } from './open-conversation.ts';

export interface ChatOptions {
  readonly client: Client;
  readonly outbox: Outbox;
  /** Who is signed in. */
  readonly user: string;
  readonly clock?: ClientClock;
}

/** Chat of one user. The list is loaded when somebody subscribes to it. */
export function createChat({ clock = platform().clock, ...options }: ChatOptions): Chat {
  const { client, user } = options;
  const list = createConversationList({ client, clock, user });
  const deps: ConversationDeps = { ...options, clock, list };
  const opened = createHeld(clock, (id) => openConversation(deps, id));
  return {
    conversations: list.list,
    unread: list.unread,
    loadMore: () => list.loadMore(),
    async create(input) {
      const created = await client.call('chat.create', input);
      void list.refresh();
      return created;
    },
    open(conversationId) {
      const [conversation, release] = opened.hold(conversationId);
      return { ...conversation, release };
    },
    close() {
      opened.close();
      list.close();
    },
  };
}
