/** What somebody has written and not sent, per conversation; kept over reloads. */

/** More than this many are not kept: the oldest goes. */
const MAX_DRAFTS = 50;

export interface DraftStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export interface Drafts {
  get(conversationId: string): string;
  set(conversationId: string, text: string): void;
}

export function createDrafts(user: string, storage: DraftStorage): Drafts {
  const key = `carillon.drafts.${user}`;
  const drafts = new Map(read(storage, key));
  return {
    get: (conversationId) => drafts.get(conversationId) ?? '',
    set: (conversationId, text) => {
      drafts.delete(conversationId);
      if (text !== '') drafts.set(conversationId, text);
      const [oldest] = drafts.keys();
      if (drafts.size > MAX_DRAFTS && oldest !== undefined) drafts.delete(oldest);
      try {
        storage.setItem(key, JSON.stringify([...drafts]));
      } catch {
        // Storage is full or switched off: the draft lasts as long as the page.
        return;
      }
    },
  };
}

function read(storage: DraftStorage, key: string): [string, string][] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(key) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored.flatMap((entry: unknown): [string, string][] => {
      if (!Array.isArray(entry)) return [];
      const [id, text]: unknown[] = entry;
      return typeof id === 'string' && typeof text === 'string' ? [[id, text]] : [];
    });
  } catch {
    return [];
  }
}
