/**
 * The eight calls an application's backend uses to reach people: in real time where they are
 * connected, by push where they are away. A thin layer over chat, inbox and push: what was
 * accepted is stored, and a delivery that fails afterwards is logged and counted, never thrown.
 */
import { fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import type { ChatStore, ReadMark } from '../../ports/chat-store.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { DeviceType } from '../../ports/connection-handler.ts';
import type { Logger } from '../../ports/logger.ts';
import type { OutboxStore } from '../../ports/outbox-store.ts';
import type { Actor } from '../actor.ts';
import type { ChatService, SentMessage } from '../chat/chat-service.ts';
import type { CoreLink } from '../core-link.ts';
import type { Accepted, InboxService } from '../inbox/inbox-service.ts';
import {
  checkJson,
  checkKey,
  checkLine,
  checkLink,
  checkText,
  checkUsers,
  firstRefusal,
} from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import type { Deliverer } from '../push/delivery.ts';
import { sendDirectPush } from '../push/direct-push.ts';
import { CONSULTATION_REPLY } from '../push/push-text.ts';
import { jsonWith } from '../json-text.ts';
import { storing } from '../storing.ts';

export interface BroadcastMessage {
  readonly sender: string;
  readonly content: string;
  readonly clientId?: string;
  /** @default 'text' */
  readonly kind?: string;
  readonly attributes?: RawJson;
}

export interface BroadcastOptions {
  /** This person is not told (the sender, say). */
  readonly excludeUserId?: string;
}

export interface MobileNotification {
  readonly title: string;
  readonly body: string;
  readonly link?: string;
  readonly data?: RawJson;
  readonly collapseKey?: string;
}

export interface SystemNotification {
  readonly title: string;
  readonly content?: string;
  readonly link?: string;
  readonly data?: RawJson;
  readonly dedupeKey?: string;
}

/** Neither: everybody who is connected now. */
export interface SystemAudience {
  readonly users?: readonly string[];
  readonly conversationId?: string;
}

export interface UserDevice {
  readonly connectionId: string;
  readonly deviceType: DeviceType;
  /** ms since 1970. */
  readonly connectedAt: number;
}

export interface BroadcastingService {
  /** Stored in the conversation, told to its members; push to those who are away. */
  broadcastMessage(
    conversationId: string,
    message: BroadcastMessage,
    options?: BroadcastOptions,
  ): Promise<Outcome<SentMessage>>;
  /** As broadcastMessage with kind `consultation_reply`; the push goes to phones and tablets only. */
  broadcastConsultationReply(
    conversationId: string,
    reply: Omit<BroadcastMessage, 'kind'>,
    options?: BroadcastOptions,
  ): Promise<Outcome<SentMessage>>;
  /** Push to phones and tablets only, connected or not; shown on no desktop, stored in no inbox. */
  sendMobileOnlyNotification(
    userIds: string | readonly string[],
    notification: MobileNotification,
  ): Promise<Outcome<Accepted>>;
  /** Told to the conversation, except to the one who types; stored nowhere. */
  broadcastTypingStatus(
    conversationId: string,
    userId: string,
    isTyping: boolean,
  ): Promise<Outcome<void>>;
  /** The person has read these messages: the mark moves up to the newest of them. */
  broadcastReadStatus(
    conversationId: string,
    userId: string,
    messageIds: readonly string[],
  ): Promise<Outcome<ReadMark>>;
  /** A stored notification of type `system` for each person of the audience. */
  broadcastSystemNotification(
    notification: SystemNotification,
    audience?: SystemAudience,
  ): Promise<Outcome<Accepted>>;
  /** A message in the direct conversation of `message.sender` and `userId`, which is made when missing. */
  sendDirectMessage(userId: string, message: BroadcastMessage): Promise<Outcome<SentMessage>>;
  /** The person's connections, oldest first; empty when away. */
  getUserDeviceInfo(userId: string): Promise<readonly UserDevice[]>;
}

export interface BroadcastingDeps {
  readonly chat: ChatService;
  readonly inbox: InboxService;
  readonly chatStore: ChatStore;
  readonly outbox: OutboxStore;
  readonly deliverer: Deliverer;
  readonly core: CoreLink;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: DomainLimits;
  /** Told of system notifications to everybody. */
  readonly announceBroadcast?: (json: string) => Promise<void>;
}

/** Messages looked through, newest first, for the ids of a read status. */
const READ_PAGES = 5;
const READ_PAGE = 200;

const speakingAs = (user: string): Actor => ({ backend: true, onBehalfOf: user });

export function createBroadcastingService(deps: BroadcastingDeps): BroadcastingService {
  return new Broadcasting(deps);
}

class Broadcasting implements BroadcastingService {
  readonly #deps: BroadcastingDeps;

  constructor(deps: BroadcastingDeps) {
    this.#deps = deps;
  }

  async broadcastMessage(
    conversationId: string,
    message: BroadcastMessage,
    options: BroadcastOptions = {},
  ): Promise<Outcome<SentMessage>> {
    const { sender, ...content } = message;
    const sent = await this.#deps.chat.send(speakingAs(sender), conversationId, {
      ...content,
      ...options,
    });
    if (sent.ok) {
      const { id, seq, kind } = sent.value.message;
      this.#log('message broadcast', { conversationId, messageId: id, seq, kind, sender });
    }
    return sent;
  }

  broadcastConsultationReply(
    conversationId: string,
    reply: Omit<BroadcastMessage, 'kind'>,
    options: BroadcastOptions = {},
  ): Promise<Outcome<SentMessage>> {
    const message = { ...reply, kind: CONSULTATION_REPLY };
    return this.broadcastMessage(conversationId, message, options);
  }

  async sendMobileOnlyNotification(
    userIds: string | readonly string[],
    notification: MobileNotification,
  ): Promise<Outcome<Accepted>> {
    const { clock, limits, random } = this.#deps;
    const users = [...new Set(typeof userIds === 'string' ? [userIds] : userIds)];
    if (users.length === 0) return fail('invalid_field', 'users is empty: name at least one');
    const refused = checkMobile(notification, users, limits);
    if (refused !== undefined) return refused;
    const id = random.id();
    const template = { ...notification, id, mobileOnly: true, createdAt: clock.now() };
    return storing(async () => {
      await sendDirectPush(this.#deps, template, users);
      this.#log('mobile-only notification sent', { id, users: users.length });
      return ok({ id, accepted: users.length });
    });
  }

  broadcastTypingStatus(
    conversationId: string,
    userId: string,
    isTyping: boolean,
  ): Promise<Outcome<void>> {
    return this.#deps.chat.typing(speakingAs(userId), conversationId, isTyping);
  }

  async broadcastReadStatus(
    conversationId: string,
    userId: string,
    messageIds: readonly string[],
  ): Promise<Outcome<ReadMark>> {
    const max = this.#deps.limits.idsPerCall;
    if (messageIds.length > max) {
      return fail('too_many', `messageIds has ${messageIds.length} entries: send at most ${max}`);
    }
    return storing(async () => {
      const seq = await this.#newestOf(conversationId, new Set(messageIds));
      if (seq === undefined) {
        const looked = READ_PAGES * READ_PAGE;
        return fail('not_found', `none of messageIds is among the newest ${looked} messages`);
      }
      return this.#deps.chat.markRead(speakingAs(userId), conversationId, seq);
    });
  }

  async broadcastSystemNotification(
    notification: SystemNotification,
    audience: SystemAudience = {},
  ): Promise<Outcome<Accepted>> {
    const users = await this.#audience(audience);
    if (!users.ok) return users;
    const notice = { ...notification, type: 'system', source: 'system' };
    const size = this.#deps.limits.usersPerNotify;
    let id = '';
    let accepted = 0;
    for (let from = 0; from < users.value.length; from += size) {
      const portion = await this.#deps.inbox.notify(notice, users.value.slice(from, from + size));
      if (!portion.ok) return portion;
      if (id === '') id = portion.value.id;
      accepted += portion.value.accepted;
    }
    this.#log('system notification broadcast', { id, users: users.value.length, accepted });
    const isForAll = audience.users === undefined && audience.conversationId === undefined;
    if (isForAll) void this.#deps.announceBroadcast?.(this.#announcement(id, notification));
    return ok({ id, accepted });
  }

  async sendDirectMessage(
    userId: string,
    message: BroadcastMessage,
  ): Promise<Outcome<SentMessage>> {
    const direct = { kind: 'direct' as const, members: [userId] };
    const created = await this.#deps.chat.create(speakingAs(message.sender), direct);
    if (!created.ok) return created;
    return this.broadcastMessage(created.value.conversation.id, message);
  }

  async getUserDeviceInfo(userId: string): Promise<readonly UserDevice[]> {
    const connections = await this.#deps.core.registry.connectionsOfUser(userId);
    return connections
      .map(({ connectionId, deviceType, connectedAt }) => ({
        connectionId,
        deviceType,
        connectedAt,
      }))
      .toSorted((one, other) => one.connectedAt - other.connectedAt);
  }

  /** For programs outside, which have no schema of ours: flat, `type` first. */
  #announcement(id: string, { title, content = '', link, data }: SystemNotification): string {
    const at = this.#deps.clock.now();
    return jsonWith({ type: 'system', id, title, content, link, at }, { data });
  }

  async #audience({ users, conversationId }: SystemAudience): Promise<Outcome<readonly string[]>> {
    if (users !== undefined && conversationId !== undefined) {
      return fail('invalid_field', 'users and conversationId exclude each other: send one');
    }
    if (users !== undefined) return ok([...new Set(users)]);
    if (conversationId === undefined) {
      const { byUser } = await this.#deps.core.registry.totals();
      return ok([...byUser.keys()]);
    }
    const conversation = await this.#deps.chat.get({ backend: true }, conversationId);
    return conversation.ok ? ok(conversation.value.members.map(({ user }) => user)) : conversation;
  }

  /** The highest seq among these messages: in the first page, newest first, that has one. */
  async #newestOf(conversationId: string, ids: ReadonlySet<string>): Promise<number | undefined> {
    let before: number | undefined;
    for (let page = 0; page < READ_PAGES; page++) {
      const messages = await this.#deps.chatStore.listMessages(conversationId, {
        limit: READ_PAGE,
        ...(before !== undefined && { before }),
      });
      const found = messages.findLast(({ id }) => ids.has(id));
      if (found !== undefined) return found.seq;
      const [oldest] = messages;
      if (oldest === undefined || oldest.seq <= 1) return undefined;
      before = oldest.seq;
    }
    return undefined;
  }

  #log(what: string, fields: object): void {
    this.#deps.logger.info(fields, what);
  }
}

function checkMobile(
  { title, body, link, data, collapseKey }: MobileNotification,
  users: readonly string[],
  limits: DomainLimits,
): ReturnType<typeof fail> | undefined {
  return firstRefusal(
    checkUsers(users, { field: 'users', max: limits.usersPerNotify, limits }),
    checkLine(title, { field: 'title', max: limits.titleCharacters, isRequired: true }),
    checkText(body, { field: 'body', max: limits.messageCharacters, isRequired: true }),
    checkLink(link, limits),
    checkJson(data, { field: 'data', limits }),
    checkKey(collapseKey, { field: 'collapseKey', max: limits.keyCharacters }),
  );
}
