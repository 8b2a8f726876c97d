import type { Store } from '../../ports/store.ts';

/** Unread conversations are recent ones; older ones are left out rather than reading a whole life. */
const CONVERSATIONS = 100;

/** Absolute unread total of a person: inbox, and the most recently active conversations. */
export async function unreadTotal(
  store: Pick<Store, 'chat' | 'inbox'>,
  user: string,
): Promise<number> {
  const [counts, page] = await Promise.all([
    store.inbox.counts(user),
    store.chat.listConversations(user, { limit: CONVERSATIONS }),
  ]);
  return page.items.reduce((sum, { unread }) => sum + unread, counts.unread);
}
