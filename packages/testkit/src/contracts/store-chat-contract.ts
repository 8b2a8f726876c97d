/** Rules of ChatStore. */
import { expect, it } from 'vitest';
import type { ChatStore, NewMessage } from '../../../server/src/ports/chat-store.ts';
import { valueOf } from './store-outcome.ts';
import type { Subject } from './store-subject.ts';

const message = (conversationId: string, clientId: string, sender = 'ann'): NewMessage => ({
  conversationId,
  sender,
  clientId,
  kind: 'text',
  content: `content of ${clientId}`,
  pushTo: [],
});

async function groupOf(chat: ChatStore, ...members: string[]): Promise<string> {
  const input = { kind: 'group', members, createdBy: members[0] ?? 'ann' } as const;
  return (await chat.createConversation(input)).conversation.id;
}

async function append(chat: ChatStore, id: string, ...clientIds: string[]): Promise<void> {
  for (const clientId of clientIds) valueOf(await chat.appendMessage(message(id, clientId)));
}

export function chatStoreContract(subject: Subject): void {
  conversationRules(subject);
  listRules(subject);
  appendRules(subject);
  historyRules(subject);
  readRules(subject);
}

function conversationRules(subject: Subject): void {
  it('a new conversation has its members, its creator as owner, and nothing in it', async () => {
    const { chat } = subject().store;
    const { conversation, isNew } = await chat.createConversation({
      kind: 'group',
      title: 'Trip',
      createdBy: 'ann',
      members: ['ann', 'bob', 'bob'],
    });
    expect(isNew).toBe(true);
    const at = subject().now();
    expect(conversation).toMatchObject({ kind: 'group', title: 'Trip', createdBy: 'ann' });
    expect(conversation).toMatchObject({ createdAt: at, lastSeq: 0, rev: 0 });
    expect(conversation.members).toEqual([
      { user: 'ann', role: 'owner', readSeq: 0, joinedAt: at },
      { user: 'bob', role: 'member', readSeq: 0, joinedAt: at },
    ]);
    expect(await chat.getConversation(conversation.id)).toEqual(conversation);
  });

  it('two people have one direct conversation, whoever begins', async () => {
    const { chat } = subject().store;
    const first = await chat.createConversation({ kind: 'direct', members: ['ann', 'bob'] });
    const second = await chat.createConversation({ kind: 'direct', members: ['bob', 'ann'] });
    const other = await chat.createConversation({ kind: 'direct', members: ['ann', 'cid'] });
    expect([first.isNew, second.isNew, other.isNew]).toEqual([true, false, true]);
    expect(second.conversation).toEqual(first.conversation);
    expect(other.conversation.id).not.toBe(first.conversation.id);
  });

  it('pairs whose names look alike when joined are different pairs', async () => {
    const { chat } = subject().store;
    const first = await chat.createConversation({ kind: 'direct', members: ['a:b', 'c'] });
    const second = await chat.createConversation({ kind: 'direct', members: ['a', 'b:c'] });
    expect(second.isNew).toBe(true);
    expect(second.conversation.id).not.toBe(first.conversation.id);
  });

  it('a pair that two requests create at once is still one', async () => {
    const { chat } = subject().store;
    const input = { kind: 'direct', members: ['ann', 'bob'] } as const;
    const made = await Promise.all([1, 2, 3].map(() => chat.createConversation(input)));
    expect(new Set(made.map(({ conversation }) => conversation.id)).size).toBe(1);
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('a room is found by its name and lists no members', async () => {
    const { chat } = subject().store;
    const first = await chat.createConversation({ kind: 'room', name: 'lobby', members: [] });
    const again = await chat.createConversation({ kind: 'room', name: 'lobby', members: ['ann'] });
    expect(first.conversation).toMatchObject({ kind: 'room', name: 'lobby', members: [] });
    expect(again).toEqual({ conversation: first.conversation, isNew: false });
  });

  it('groups with the same members and title are different groups', async () => {
    const { chat } = subject().store;
    expect(await groupOf(chat, 'ann', 'bob')).not.toBe(await groupOf(chat, 'ann', 'bob'));
  });

  it('an unknown conversation is undefined', async () => {
    expect(await subject().store.chat.getConversation('nowhere')).toBeUndefined();
  });

  it('a member who joins later starts with everything before as read', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann');
    await append(chat, id, 'a', 'b');
    subject().advance(5);
    const change = { add: ['bob'], remove: [] };
    const conversation = valueOf(await chat.changeMembers(id, change));
    const bob = { user: 'bob', role: 'member', readSeq: 2, joinedAt: subject().now() };
    expect(conversation.members).toContainEqual(bob);
    expect((await chat.listConversations('bob', { limit: 5 })).items[0]?.unread).toBe(0);
  });

  it('changing members raises rev, once; changing nothing does not', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann', 'bob');
    const swap = { add: ['cid', 'dan'], remove: ['bob'] };
    const swapped = valueOf(await chat.changeMembers(id, swap));
    expect(swapped.members.map(({ user }) => user).toSorted()).toEqual(['ann', 'cid', 'dan']);
    expect(swapped.rev).toBe(1);
    expect(valueOf(await chat.changeMembers(id, swap)).rev).toBe(1);
    expect(await chat.changeMembers('nowhere', swap)).toMatchObject({ error: 'not_found' });
  });
}

function listRules(subject: Subject): void {
  it('conversations are listed most recently active first, with last message and unread', async () => {
    const { chat } = subject().store;
    const quiet = await groupOf(chat, 'bob', 'ann');
    subject().advance(10);
    const busy = await groupOf(chat, 'bob', 'ann');
    subject().advance(10);
    await append(chat, quiet, 'x', 'y');
    const { items, next } = await chat.listConversations('bob', { limit: 10 });
    expect(next).toBeUndefined();
    expect(items.map(({ conversation }) => conversation.id)).toEqual([quiet, busy]);
    expect(items[0]).toMatchObject({ unread: 2, lastMessage: { seq: 2, clientId: 'y' } });
    expect(items[1]?.unread).toBe(0);
    expect(items[1]).not.toHaveProperty('lastMessage');
  });

  it('pages of conversations join without a gap or a repeat, also among equal times', async () => {
    const { chat } = subject().store;
    const made: string[] = [];
    for (let n = 0; n < 7; n++) {
      if (n === 4) subject().advance(1);
      made.push(await groupOf(chat, 'ann'));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await chat.listConversations('ann', { limit: 3, ...(cursor && { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ conversation }) => conversation.id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(7);
    expect(seen.toSorted()).toEqual(made.toSorted());
  });

  it('somebody without conversations, or with a cursor that never was one, gets an empty last page', async () => {
    const { chat } = subject().store;
    expect(await chat.listConversations('nobody', { limit: 3 })).toEqual({ items: [] });
    await groupOf(chat, 'ann');
    expect(await chat.listConversations('ann', { limit: 3, cursor: '%%' })).toEqual({ items: [] });
  });
}

function appendRules(subject: Subject): void {
  it('a message gets the next seq and rev, and what was sent with it', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann', 'bob');
    const attributes = '{"file":"a.png"}';
    const input = { ...message(id, 'c1'), kind: 'image', attributes };
    const first = valueOf(await chat.appendMessage(input));
    expect(first).toMatchObject({ isNew: true, outboxId: expect.any(Number) });
    const { pushTo: _, ...sent } = input;
    expect(first.message).toMatchObject({ ...sent, seq: 1, rev: 1, createdAt: subject().now() });
    const second = valueOf(await chat.appendMessage(message(id, 'c2')));
    expect(second.message).toMatchObject({ seq: 2, rev: 2 });
    expect(second.message).not.toHaveProperty('attributes');
    expect(second.message.id).not.toBe(first.message.id);
  });

  it('the same clientId again returns the first message and changes nothing', async () => {
    const { chat, outbox } = subject().store;
    const id = await groupOf(chat, 'ann', 'bob');
    const first = valueOf(await chat.appendMessage(message(id, 'c1')));
    const repeat = { ...message(id, 'c1'), content: 'other words' };
    const again = valueOf(await chat.appendMessage(repeat));
    expect(again).toEqual({ message: first.message, isNew: false });
    expect((await chat.getConversation(id))?.lastSeq).toBe(1);
    expect((await outbox.stats()).pending).toBe(1);
  });

  it('retries that race each other store one message', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann');
    const sends = Array.from({ length: 8 }, () => chat.appendMessage(message(id, 'same')));
    const results = (await Promise.all(sends)).map(valueOf);
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(results.map((result) => result.message.id)).size).toBe(1);
  });

  it('one clientId may be used by two senders and in two conversations', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann', 'bob');
    const other = await groupOf(chat, 'ann', 'bob');
    const sends = [message(id, 'c'), message(id, 'c', 'bob'), message(other, 'c')];
    for (const send of sends) expect(valueOf(await chat.appendMessage(send)).isNew).toBe(true);
  });

  it('seq has no hole and no repeat among concurrent senders, retries and refused sends', async () => {
    const { chat } = subject().store;
    const ids = [await groupOf(chat, 'ann'), await groupOf(chat, 'ann')];
    const sends = Array.from({ length: 200 }, (_, n) => {
      const id = n % 10 === 9 ? 'nowhere' : (ids[n % 2] ?? '');
      return chat.appendMessage(message(id, `c${n % 150}`));
    });
    await Promise.all(sends);
    for (const id of ids) {
      const stored = await chat.listMessages(id, { after: 0, limit: 1000 });
      expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
      expect((await chat.getConversation(id))?.lastSeq).toBe(stored.length);
      expect(new Set(stored.map(({ clientId }) => clientId)).size).toBe(stored.length);
    }
  });

  it('a conversation that is gone is not_found and leaves nothing behind', async () => {
    const { chat, outbox } = subject().store;
    expect(await chat.appendMessage(message('nowhere', 'c'))).toMatchObject({ error: 'not_found' });
    expect((await outbox.stats()).pending).toBe(0);
  });

  it('a message keeps every character it was sent with', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann');
    const content = "'; DROP TABLE message; -- 繁體 \u{1F514} \u0000 end";
    const stored = valueOf(await chat.appendMessage({ ...message(id, 'c'), content }));
    expect(stored.message.content).toBe(content);
    expect((await chat.listMessages(id, { limit: 1 }))[0]).toEqual(stored.message);
  });
}

function historyRules(subject: Subject): void {
  it('history is ascending: after a seq, before a seq, between two, or the newest', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann');
    await append(chat, id, 'a', 'b', 'c', 'd', 'e', 'f');
    const seqs = async (range: { after?: number; before?: number; limit: number }) =>
      (await chat.listMessages(id, range)).map(({ seq }) => seq);
    expect(await seqs({ after: 2, limit: 3 })).toEqual([3, 4, 5]);
    expect(await seqs({ before: 5, limit: 2 })).toEqual([3, 4]);
    expect(await seqs({ after: 1, before: 4, limit: 9 })).toEqual([2, 3]);
    expect(await seqs({ limit: 2 })).toEqual([5, 6]);
    expect(await seqs({ after: 6, limit: 2 })).toEqual([]);
    expect(await chat.listMessages('nowhere', { limit: 2 })).toEqual([]);
  });
}

function readRules(subject: Subject): void {
  it('sending reads up to the own message; the others have it unread', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann', 'bob');
    await append(chat, id, 'a', 'b', 'c');
    const unread = async (user: string) =>
      (await chat.listConversations(user, { limit: 1 })).items[0]?.unread;
    expect([await unread('ann'), await unread('bob')]).toEqual([0, 3]);
  });

  it('a read mark moves forward and raises rev; back or again it does neither', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann', 'bob');
    await append(chat, id, 'a', 'b', 'c');
    const forward = valueOf(await chat.markRead(id, 'bob', 2));
    expect(forward).toEqual({ readSeq: 2, unread: 1, rev: 4, hasMoved: true });
    const stays = { readSeq: 2, unread: 1, rev: 4, hasMoved: false };
    expect(valueOf(await chat.markRead(id, 'bob', 1))).toEqual(stays);
    expect(valueOf(await chat.markRead(id, 'bob', 2))).toEqual(stays);
    expect(valueOf(await chat.markRead(id, 'bob', -7))).toEqual(stays);
  });

  it('a seq past the end counts as the end', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann', 'bob');
    await append(chat, id, 'a');
    const mark = valueOf(await chat.markRead(id, 'bob', 99));
    expect(mark).toMatchObject({ readSeq: 1, unread: 0, hasMoved: true });
    await append(chat, id, 'b');
    expect((await chat.listConversations('bob', { limit: 1 })).items[0]?.unread).toBe(1);
  });

  it('strangers are not_member, an unknown conversation is not_found', async () => {
    const { chat } = subject().store;
    const id = await groupOf(chat, 'ann');
    expect(await chat.markRead(id, 'eve', 1)).toMatchObject({ ok: false, error: 'not_member' });
    expect(await chat.markRead('nowhere', 'ann', 1)).toMatchObject({ error: 'not_found' });
  });
}
