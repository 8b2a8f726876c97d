/**
 * Conversations and their messages: who may do what, in which order it is stored and told.
 * Rooms (public, found by name) are in rooms.ts; bytes on the wire in chat-frames.ts.
 */
import { fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import type {
  ChatStore,
  Conversation,
  ConversationKind,
  ConversationSummary,
  Message,
  ReadMark,
} from '../../ports/chat-store.ts';
import type { Random } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import { personOf, type Actor } from '../actor.ts';
import type { Announcer } from '../announcer.ts';
import { chatChannel, roomChannel, userChannel } from '../channels.ts';
import type { CoreLink } from '../core-link.ts';
import { checkUser, checkUsers, pageSize } from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import { storing } from '../storing.ts';
import { attach, attachmentOf } from '../uploads/message-upload.ts';
import {
  mayChangeMembers,
  mayRead,
  mayWrite,
  needsPerson,
  notFound,
  tooManyMembers,
} from './chat-access.ts';
import {
  memberFrame,
  ownReadFrame,
  readFrame,
  typingFrame,
  type MemberChange,
  type Reading,
} from './chat-frames.ts';
import {
  knownConversation,
  type ConversationDirectory,
  type KnownConversation,
} from './conversation-directory.ts';
import type { MessageSender } from './message-sender.ts';
import { checkAttributes, checkMessage, newConversation } from './new-conversation.ts';

export interface CreateConversation {
  readonly kind: ConversationKind;
  /** The creator is added by itself. `direct` needs exactly two people; `room` has none. */
  readonly members: readonly string[];
  readonly title?: string;
  /** Only for rooms, and required there. */
  readonly name?: string;
}

export interface SendMessage {
  readonly content: string;
  /** Unique per conversation and sender; made here when absent, and then a retry is a second message. */
  readonly clientId?: string;
  /** @default 'text' */
  readonly kind?: string;
  /** `upload_id` brings a file; then `content` may be empty. */
  readonly attributes?: RawJson;
  /** This person gets neither the publication nor a push. The sender never gets a push. */
  readonly excludeUserId?: string;
}

export interface SentMessage {
  readonly message: Message;
  /** False: this clientId was stored before; `message` is the first result, and nobody was told again. */
  readonly isNew: boolean;
}

export interface ConversationPage {
  readonly items: readonly ConversationSummary[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** `before` and `after` are seqs, exclusive, at most one of them. */
export interface HistoryRange {
  readonly after?: number;
  readonly before?: number;
  /** @default 50, at most 200 */
  readonly limit?: number;
}

/**
 * Every promise resolves after the commit; none rejects for an expected reason. Failures common
 * to all: `not_found`, `not_member`, `permission_denied`, `invalid_field`, `too_long`, `too_many`,
 * `storage_unavailable`. A backend that must name a person and does not gets `invalid_field`.
 */
export interface ChatService {
  create(
    actor: Actor,
    input: CreateConversation,
  ): Promise<Outcome<{ readonly conversation: Conversation; readonly isNew: boolean }>>;
  get(actor: Actor, id: string): Promise<Outcome<Conversation>>;
  /** The actor's conversations, most recently active first. `limit` 1–100, default 50. */
  list(
    actor: Actor,
    page: { readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<ConversationPage>>;
  /** By an owner or a backend. Not for direct conversations and rooms (`conflict`). */
  addMembers(actor: Actor, id: string, users: readonly string[]): Promise<Outcome<Conversation>>;
  /** By an owner or a backend; removing oneself is `leave`. */
  removeMember(actor: Actor, id: string, user: string): Promise<Outcome<Conversation>>;
  leave(actor: Actor, id: string): Promise<Outcome<void>>;
  /** A backend's `onBehalfOf` is the sender and need not be a member. */
  send(actor: Actor, id: string, input: SendMessage): Promise<Outcome<SentMessage>>;
  /** Ascending by seq. Without `after` and `before`: the newest. */
  history(actor: Actor, id: string, range: HistoryRange): Promise<Outcome<readonly Message[]>>;
  /** Moves the read mark forward to `seq`; a seq past the end counts as the end. */
  markRead(actor: Actor, id: string, seq: number): Promise<Outcome<ReadMark>>;
  /** Tells the others; stored nowhere. */
  typing(actor: Actor, id: string, isTyping: boolean): Promise<Outcome<void>>;
}

export interface ChatServiceDeps {
  readonly store: ChatStore;
  readonly uploads: UploadStore;
  readonly directory: ConversationDirectory;
  readonly sender: MessageSender;
  readonly core: CoreLink;
  readonly announcer: Announcer;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: DomainLimits;
}

export function createChatService(deps: ChatServiceDeps): ChatService {
  return new Chat(deps);
}

class Chat implements ChatService {
  readonly #deps: ChatServiceDeps;

  constructor(deps: ChatServiceDeps) {
    this.#deps = deps;
  }

  create(
    actor: Actor,
    input: CreateConversation,
  ): Promise<Outcome<{ readonly conversation: Conversation; readonly isNew: boolean }>> {
    const checked = newConversation(actor, input, this.#deps.limits);
    if (!checked.ok) return Promise.resolve(checked);
    return storing(async () => {
      const created = await this.#deps.store.createConversation(checked.value);
      const { conversation, isNew } = created;
      if (conversation.kind !== 'room') this.#deps.directory.put(conversation);
      if (isNew && conversation.kind !== 'room') {
        const added = conversation.members.map(({ user }) => user);
        await this.#tellMembers({ conversation, added, removed: [] });
      }
      return ok(created);
    });
  }

  get(actor: Actor, id: string): Promise<Outcome<Conversation>> {
    return storing(async () => {
      const conversation = await this.#deps.store.getConversation(id);
      if (conversation === undefined) return notFound(id);
      return mayRead(actor, knownConversation(conversation)) ?? ok(conversation);
    });
  }

  list(
    actor: Actor,
    page: { readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<ConversationPage>> {
    const user = personOf(actor);
    if (user === undefined) return Promise.resolve(needsPerson());
    const limit = pageSize(page.limit, { fallback: 50, max: this.#deps.limits.pageItems });
    return storing(async () =>
      ok(await this.#deps.store.listConversations(user, { ...page, limit })),
    );
  }

  async addMembers(
    actor: Actor,
    id: string,
    users: readonly string[],
  ): Promise<Outcome<Conversation>> {
    const { limits } = this.#deps;
    const max = limits.conversationMembers;
    const refused = checkUsers(users, { field: 'users', max, limits });
    if (refused !== undefined) return refused;
    return this.#changeMembers(actor, id, { add: [...new Set(users)], remove: [] });
  }

  removeMember(actor: Actor, id: string, user: string): Promise<Outcome<Conversation>> {
    return this.#changeMembers(actor, id, { add: [], remove: [user] });
  }

  async leave(actor: Actor, id: string): Promise<Outcome<void>> {
    const user = personOf(actor);
    if (user === undefined) return needsPerson();
    const left = await this.#changeMembers(actor, id, { add: [], remove: [user] });
    return left.ok ? ok(undefined) : left;
  }

  async send(actor: Actor, id: string, input: SendMessage): Promise<Outcome<SentMessage>> {
    const sender = personOf(actor);
    if (sender === undefined) return needsPerson();
    const { limits } = this.#deps;
    const refused = checkUser(sender, limits, 'sender') ?? checkAttributes(input, limits);
    if (refused !== undefined) return refused;
    const attachment = attachmentOf(input);
    if (!attachment.ok) return attachment;
    const brings = attachment.value;
    const wrong = checkMessage(input, limits, { isContentRequired: brings === undefined });
    if (wrong !== undefined) return wrong;
    return storing(async () => {
      const cached = this.#deps.directory.get(id);
      const conversation = cached instanceof Promise ? await cached : cached;
      if (conversation === undefined) return notFound(id);
      const forbidden = mayWrite(actor, conversation);
      if (forbidden !== undefined) return forbidden;
      const { kind = 'text', excludeUserId } = input;
      const attached =
        brings === undefined
          ? ok(input.attributes)
          : await attach(this.#deps.uploads, brings, { conversationId: id, sender, kind });
      if (!attached.ok) return attached;
      const attributes = attached.value;
      return this.#deps.sender.send(conversation, {
        sender,
        clientId: input.clientId ?? this.#deps.random.id(),
        kind,
        content: input.content.toWellFormed(),
        ...(attributes !== undefined && { attributes }),
        ...(excludeUserId !== undefined && { excludeUserId }),
      });
    });
  }

  history(actor: Actor, id: string, range: HistoryRange): Promise<Outcome<readonly Message[]>> {
    if (range.after !== undefined && range.before !== undefined) {
      return Promise.resolve(
        fail('invalid_field', 'before and after exclude each other: send one'),
      );
    }
    const limit = pageSize(range.limit, { fallback: 50, max: this.#deps.limits.historyItems });
    return storing(async () => {
      const known = await this.#readable(actor, id);
      if (!known.ok) return known;
      return ok(await this.#deps.store.listMessages(id, { ...range, limit }));
    });
  }

  markRead(actor: Actor, id: string, seq: number): Promise<Outcome<ReadMark>> {
    const user = personOf(actor);
    if (user === undefined) return Promise.resolve(needsPerson());
    if (!Number.isSafeInteger(seq) || seq < 0) {
      return Promise.resolve(fail('invalid_field', `seq is ${seq}: send a message's seq`));
    }
    return storing(async () => {
      const known = await this.#readable(actor, id);
      if (!known.ok) return known;
      const marked = await this.#deps.store.markRead(id, user, seq);
      if (marked.ok && marked.value.hasMoved) {
        await this.#tellRead({ conversationId: id, user, mark: marked.value });
      }
      return marked;
    });
  }

  async typing(actor: Actor, id: string, isTyping: boolean): Promise<Outcome<void>> {
    const user = personOf(actor);
    if (user === undefined) return needsPerson();
    return storing(async () => {
      const known = await this.#readable(actor, id);
      if (!known.ok) return known;
      const { kind, name } = known.value;
      await this.#deps.announcer.publish({
        kind: 'typing',
        channel: kind === 'room' ? roomChannel(name ?? id) : chatChannel(id),
        data: typingFrame({ conversationId: id, user, isTyping }),
        options: { skipHistory: true, excludeUser: user, nativeOnly: true },
      });
      return ok(undefined);
    });
  }

  async #readable(actor: Actor, id: string): Promise<Outcome<KnownConversation>> {
    const conversation = await this.#deps.directory.get(id);
    if (conversation === undefined) return notFound(id);
    return mayRead(actor, conversation) ?? ok(conversation);
  }

  #changeMembers(
    actor: Actor,
    id: string,
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<Outcome<Conversation>> {
    const { directory, limits, store } = this.#deps;
    return storing(async () => {
      const before = await directory.get(id);
      if (before === undefined) return notFound(id);
      const refused = mayChangeMembers(actor, before, change.remove);
      if (refused !== undefined) return refused;
      const added = change.add.filter((user) => !before.roles.has(user));
      const removed = change.remove.filter((user) => before.roles.has(user));
      if (before.users.length + added.length > limits.conversationMembers) {
        return tooManyMembers(before.users.length + added.length, limits);
      }
      const changed = await store.changeMembers(id, change);
      if (!changed.ok) return changed;
      directory.put(changed.value);
      // Before anything else is told: who is out must not hear more, on whichever node.
      await this.#invalidate(id);
      for (const user of removed) await this.#unsubscribe(user, id);
      await this.#tellMembers({ conversation: changed.value, added, removed });
      return changed;
    });
  }

  /** The other nodes read it again after a while anyway: it need not fail for this. */
  async #invalidate(id: string): Promise<void> {
    const { core, logger } = this.#deps;
    try {
      await core.cluster.invalidate('conversation', id);
    } catch (error) {
      logger.warn({ err: error, conversationId: id }, 'other nodes were not told of new members');
    }
  }

  async #unsubscribe(user: string, id: string): Promise<void> {
    const { core, logger } = this.#deps;
    const done = await core.channelAdmin.unsubscribe(user, chatChannel(id));
    if (!done.ok) {
      const { error, message } = done;
      logger.error({ user, conversationId: id, error, reason: message }, 'member not unsubscribed');
    }
  }

  /** In the conversation for those who are in, and to each person concerned. */
  async #tellMembers(change: MemberChange): Promise<void> {
    const { announcer } = this.#deps;
    const data = memberFrame(change);
    const channel = chatChannel(change.conversation.id);
    const people = [...change.added, ...change.removed];
    if (people.length === 0) return;
    await Promise.all([
      announcer.publish({ kind: 'member', channel, data }),
      ...people.map((user) =>
        announcer.publish({
          kind: 'hint',
          channel: userChannel(user),
          data,
          options: { nativeOnly: true },
        }),
      ),
    ]);
  }

  async #tellRead(reading: Reading): Promise<void> {
    const { announcer } = this.#deps;
    await Promise.all([
      announcer.publish({
        kind: 'read',
        channel: chatChannel(reading.conversationId),
        data: readFrame(reading),
      }),
      announcer.publish({
        kind: 'hint',
        channel: userChannel(reading.user),
        data: ownReadFrame(reading),
        options: { nativeOnly: true },
      }),
    ]);
  }
}
