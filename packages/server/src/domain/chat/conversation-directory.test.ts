import { describe, expect, it } from 'vitest';
import type { ChatStore, Conversation } from '../../ports/chat-store.ts';
import { createFakeClock } from '../../../../testkit/src/fake-clock.ts';
import { createConversationDirectory } from './conversation-directory.ts';
import type { DirectoryDeps } from './conversation-directory.ts';

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

const directoryOver = (store: ChatStore, overrides: Partial<DirectoryDeps> = {}) =>
  createConversationDirectory({
    store,
    cachedMembers: 100,
    cachedRooms: 10,
    clock: createFakeClock(),
    ...overrides,
  });

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

  it('[CLU8] reads again what another node has changed, and throws away a read that began before', async () => {
    const { store, reads } = slowStore();
    const directory = directoryOver(store);
    directory.put(conversation('c', 'alice', 'removed'));
    directory.forget('c');
    const asked = directory.get('c');
    directory.forget('c');
    reads[0]?.answer(conversation('c', 'alice', 'removed'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toHaveLength(2);
    reads[1]?.answer(conversation('c', 'alice'));
    expect((await asked)?.users).toEqual(['alice']);
    expect((await directory.get('c'))?.users).toEqual(['alice']);
    directory.forget('never known');
  });

  it('[CLU8] reads again after 30 s, and says who has gone without a word', async () => {
    const { store, reads } = slowStore();
    const clock = createFakeClock();
    const gone: [string, readonly string[]][] = [];
    const onMembersGone = (id: string, users: readonly string[]) => gone.push([id, users]);
    const directory = directoryOver(store, { clock, onMembersGone });
    directory.put(conversation('c', 'alice', 'bob', 'eve'));
    await clock.advance(30_000);
    expect(directory.get('c')).not.toBeInstanceOf(Promise);
    await clock.advance(1);
    const asked = directory.get('c');
    reads[0]?.answer(conversation('c', 'alice'));
    expect((await asked)?.users).toEqual(['alice']);
    expect(gone).toEqual([['c', ['bob', 'eve']]]);
    expect(directory.get('c')).not.toBeInstanceOf(Promise);
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
    const directory = directoryOver(store, { cachedMembers: 6 });
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
