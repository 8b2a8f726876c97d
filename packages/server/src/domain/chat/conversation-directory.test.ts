import { describe, expect, it } from 'vitest';
import type { ChatStore, Conversation } from '../../ports/chat-store.ts';
import { createConversationDirectory } from './conversation-directory.ts';

const conversation = (id: string, ...users: readonly string[]): Conversation => ({
  id,
  kind: 'group',
  createdAt: 0,
  lastSeq: 0,
  rev: 1,
  members: users.map((user) => ({ user, role: 'member', readSeq: 0, joinedAt: 0 })),
});

/** A store whose reads are answered by hand, in any order. */
function slowStore(): {
  store: ChatStore;
  reads: { id: string; answer: (found: Conversation | undefined) => void }[];
} {
  const reads: { id: string; answer: (found: Conversation | undefined) => void }[] = [];
  const unused = (): never => {
    throw new Error('not used here');
  };
  const store: ChatStore = {
    createConversation: unused,
    getConversation: (id) => new Promise((answer) => reads.push({ id, answer })),
    listConversations: unused,
    changeMembers: unused,
    appendMessage: unused,
    listMessages: unused,
    markRead: unused,
  };
  return { store, reads };
}

const directoryOver = (store: ChatStore, cachedMembers = 100) =>
  createConversationDirectory({ store, cachedMembers, cachedRooms: 10 });

describe('the conversation directory', () => {
  it('asks the store once for many who ask at the same time, and answers at once afterwards', async () => {
    const { store, reads } = slowStore();
    const directory = directoryOver(store);
    const ask = async () => directory.get('c');
    const asked = [ask(), ask(), ask()];
    expect(reads).toHaveLength(1);
    reads[0]?.answer(conversation('c', 'alice'));
    const answers = await Promise.all(asked);
    expect(answers.map((known) => known?.users)).toEqual([['alice'], ['alice'], ['alice']]);
    expect(directory.get('c')).not.toBeInstanceOf(Promise);
  });

  it('throws a read away that began before a member was removed', async () => {
    const { store, reads } = slowStore();
    const directory = directoryOver(store);
    const asked = directory.get('c');
    directory.put(conversation('c', 'alice'));
    reads[0]?.answer(conversation('c', 'alice', 'removed'));
    expect((await asked)?.users).toEqual(['alice']);
    expect((await directory.get('c'))?.users).toEqual(['alice']);
  });

  it('does not remember that a conversation is missing', async () => {
    const { store, reads } = slowStore();
    const directory = directoryOver(store);
    const asked = directory.get('c');
    reads[0]?.answer(undefined);
    expect(await asked).toBeUndefined();
    void directory.get('c');
    expect(reads).toHaveLength(2);
  });

  it('forgets a failed read', async () => {
    const { store } = slowStore();
    let isFailing = true;
    const directory = directoryOver({
      ...store,
      getConversation: (id) =>
        isFailing ? Promise.reject(new Error('away')) : Promise.resolve(conversation(id, 'alice')),
    });
    await expect(directory.get('c')).rejects.toThrow('away');
    isFailing = false;
    expect((await directory.get('c'))?.users).toEqual(['alice']);
  });

  it('keeps the most recently used, counted in members', () => {
    const { store, reads } = slowStore();
    const directory = directoryOver(store, 6);
    directory.put(conversation('old', 'a', 'b'));
    directory.put(conversation('used', 'c', 'd'));
    void directory.get('old');
    directory.put(conversation('new', 'e', 'f'));
    expect(directory.get('old')).not.toBeInstanceOf(Promise);
    expect(directory.get('new')).not.toBeInstanceOf(Promise);
    expect(directory.get('used')).toBeInstanceOf(Promise);
    expect(reads.map(({ id }) => id)).toEqual(['used']);
  });
});
