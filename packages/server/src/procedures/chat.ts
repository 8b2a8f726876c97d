/** The chat procedures, over the chat service. */
import { ok, type Outcome } from '@carillon/protocol';
import * as declared from '@carillon/protocol/procedures';
import type { Actor as DomainActor } from '../domain/actor.ts';
import type { ChatService } from '../domain/chat/chat-service.ts';
import type { Message } from '../ports/chat-store.ts';
import { subjectOf, type Actor } from './actor.ts';
import { answer, implement, type Binding } from './binding.ts';
import { conversationView, messageView } from './views.ts';

const DONE = { ok: true } as const;

/** Whom the chat service sees: a person, or a backend that may speak for one. */
const speaker = (actor: Actor, named: string | undefined, field: string): Outcome<DomainActor> => {
  const subject = subjectOf(actor, named, field);
  if (!subject.ok) return subject;
  if (actor.type !== 'backend') return ok({ user: subject.value ?? '' });
  return ok(
    subject.value === undefined ? { backend: true } : { backend: true, onBehalfOf: subject.value },
  );
};

const conversations = (chat: ChatService): readonly Binding[] => [
  implement(declared.chatCreate, async ({ user, members, ...rest }, { actor }) => {
    const by = speaker(actor, user, 'user');
    if (!by.ok) return by;
    const created = await chat.create(by.value, { ...rest, members: members ?? [] });
    if (!created.ok) return created;
    return answer(conversationView(created.value.conversation), !created.value.isNew);
  }),
  implement(declared.chatList, async ({ user, ...page }, { actor }) => {
    const by = speaker(actor, user, 'user');
    if (!by.ok) return by;
    const listed = await chat.list(by.value, page);
    if (!listed.ok) return listed;
    const { items, next } = listed.value;
    return answer({
      conversations: items.map((item) => ({
        ...conversationView(item.conversation),
        ...(item.lastMessage !== undefined && { last_message: messageView(item.lastMessage) }),
        unread: item.unread,
      })),
      ...(next !== undefined && { next }),
    });
  }),
  implement(declared.chatGet, async (input, { actor }) => {
    const by = speaker(actor, undefined, 'user');
    if (!by.ok) return by;
    const found = await chat.get(by.value, input.conversation_id);
    return found.ok ? answer(conversationView(found.value)) : found;
  }),
];

const members = (chat: ChatService): readonly Binding[] => [
  implement(declared.chatAddMembers, async (input, { actor }) => {
    const by = speaker(actor, undefined, 'user');
    if (!by.ok) return by;
    const changed = await chat.addMembers(by.value, input.conversation_id, input.users);
    return changed.ok ? answer(conversationView(changed.value)) : changed;
  }),
  implement(declared.chatRemoveMember, async (input, { actor }) => {
    const by = speaker(actor, undefined, 'user');
    if (!by.ok) return by;
    const changed = await chat.removeMember(by.value, input.conversation_id, input.member);
    return changed.ok ? answer(conversationView(changed.value)) : changed;
  }),
  implement(declared.chatLeave, async (input, { actor }) => {
    const by = speaker(actor, input.user, 'user');
    if (!by.ok) return by;
    const left = await chat.leave(by.value, input.conversation_id);
    return left.ok ? answer(DONE) : left;
  }),
];

/** Seqs have no holes: going back ends at 1, catching up ends at the conversation's last. */
const hasMore = async (
  page: readonly Message[],
  after: number | undefined,
  lastSeq: () => Promise<number>,
): Promise<boolean> => {
  const [first, last] = [page.at(0), page.at(-1)];
  if (first === undefined || last === undefined) return false;
  return after === undefined ? first.seq > 1 : last.seq < (await lastSeq());
};

const messages = (chat: ChatService): readonly Binding[] => [
  implement(declared.chatSend, async (input, { actor }) => {
    const { conversation_id: id, sender, attributes, ...rest } = input;
    const by = speaker(actor, sender, 'sender');
    if (!by.ok) return by;
    const sent = await chat.send(by.value, id, {
      ...rest,
      ...(attributes !== undefined && { attributes: JSON.stringify(attributes) }),
    });
    return sent.ok ? answer(messageView(sent.value.message), !sent.value.isNew) : sent;
  }),
  implement(declared.chatHistory, async (input, { actor }) => {
    const by = speaker(actor, undefined, 'user');
    if (!by.ok) return by;
    const { conversation_id: id, ...range } = input;
    const listed = await chat.history(by.value, id, range);
    if (!listed.ok) return listed;
    const lastSeq = async (): Promise<number> => {
      const conversation = await chat.get(by.value, id);
      return conversation.ok ? conversation.value.lastSeq : 0;
    };
    return answer({
      messages: listed.value.map(messageView),
      has_more: await hasMore(listed.value, range.after, lastSeq),
    });
  }),
  implement(declared.chatRead, async (input, { actor }) => {
    const by = speaker(actor, input.user, 'user');
    if (!by.ok) return by;
    const marked = await chat.markRead(by.value, input.conversation_id, input.seq);
    if (!marked.ok) return marked;
    const { readSeq, unread, rev, hasMoved } = marked.value;
    return answer({ read_seq: readSeq, unread, rev }, !hasMoved);
  }),
  implement(declared.chatTyping, async (input, { actor }) => {
    const by = speaker(actor, input.user, 'user');
    if (!by.ok) return by;
    const told = await chat.typing(by.value, input.conversation_id, input.is_typing);
    return told.ok ? answer(DONE) : told;
  }),
];

export const bindChat = (chat: ChatService): readonly Binding[] => [
  ...conversations(chat),
  ...members(chat),
  ...messages(chat),
];
