/**
 * The way of one message, the same for conversations and rooms: stored with its outbox row, then
 * told, then pushed to those who are away. Access and limits are checked by the services before.
 */
import { ok, type Outcome } from '@carillon/protocol';
import type { PublishResult } from '../../ports/broker.ts';
import type { ChatStore, Message, NewMessage } from '../../ports/chat-store.ts';
import type { OutboxRow } from '../../ports/outbox-store.ts';
import type { Store } from '../../ports/store.ts';
import type { Announcer } from '../announcer.ts';
import { chatChannel, roomChannel, userChannel } from '../channels.ts';
import type { CoreLink } from '../core-link.ts';
import { unreadTotal } from '../push/badge.ts';
import type { Deliverer, Delivery, DeliverySource } from '../push/delivery.ts';
import { usersAway } from '../push/push-policy.ts';
import { messagePush } from '../push/push-text.ts';
import { storing } from '../storing.ts';
import { messageFrame, roomFrame } from './chat-frames.ts';
import { knownConversation, type KnownConversation } from './conversation-directory.ts';

export interface OutgoingMessage extends Omit<NewMessage, 'conversationId' | 'pushTo'> {
  readonly excludeUserId?: string;
}

export interface StoredMessage {
  readonly message: Message;
  readonly isNew: boolean;
  /** Absent when it could not be published yet, and for repeats. */
  readonly result?: PublishResult;
}

export interface MessageSender {
  send(to: KnownConversation, outgoing: OutgoingMessage): Promise<Outcome<StoredMessage>>;
  /** For rows that a crash left: told again from the store. */
  readonly source: DeliverySource;
}

export interface MessageSenderDeps {
  readonly store: Pick<Store, 'chat' | 'inbox'>;
  readonly core: CoreLink;
  readonly announcer: Announcer;
  readonly deliverer: Deliverer;
  readonly hintedMembers: number;
}

interface Telling {
  readonly to: KnownConversation;
  readonly message: Message;
  readonly excludeUserId?: string | undefined;
}

export function createMessageSender(deps: MessageSenderDeps): MessageSender {
  return {
    send: (to, outgoing) => send(deps, to, outgoing),
    source: (row) => rebuild(deps, row),
  };
}

function send(
  deps: MessageSenderDeps,
  to: KnownConversation,
  outgoing: OutgoingMessage,
): Promise<Outcome<StoredMessage>> {
  const { excludeUserId, ...message } = outgoing;
  return storing(async () => {
    const pushTo = await usersAway(to.users, deps.core.registry, [message.sender, excludeUserId]);
    const stored = await deps.store.chat.appendMessage({
      ...message,
      conversationId: to.id,
      pushTo,
    });
    if (!stored.ok) return stored;
    const { outboxId, isNew } = stored.value;
    if (outboxId === undefined) return ok({ message: stored.value.message, isNew });
    const delivery = deliveryOf(deps, { to, message: stored.value.message, excludeUserId });
    const result = await deps.deliverer.deliver(outboxId, delivery, pushTo);
    return ok({
      message: stored.value.message,
      isNew,
      ...(result !== undefined && { result }),
    });
  });
}

function deliveryOf(deps: MessageSenderDeps, telling: Telling): Delivery {
  return {
    kind: 'message',
    publish: (idempotencyKey) => publish(deps, telling, idempotencyKey),
    stillAway: (users) => usersAway(users, deps.core.registry),
    async pushFor(user) {
      const badge = await unreadTotal(deps.store, user);
      return messagePush({ conversation: telling.to, message: telling.message, user, badge });
    },
  };
}

async function publish(
  deps: MessageSenderDeps,
  { to, message, excludeUserId }: Telling,
  idempotencyKey: string,
): Promise<Outcome<PublishResult>> {
  const options = {
    idempotencyKey,
    tags: { cid: message.clientId },
    ...(excludeUserId !== undefined && { excludeUser: excludeUserId }),
  };
  const { announcer } = deps;
  if (to.kind === 'room') {
    const channel = roomChannel(to.name ?? to.id);
    return announcer.publish({ kind: 'message', channel, data: roomFrame(message), options });
  }
  const data = messageFrame(message);
  const chat = announcer.publish({
    kind: 'message',
    channel: chatChannel(to.id),
    data,
    options,
  });
  if (to.users.length > deps.hintedMembers) return chat;
  // Absolute facts with an id: told twice after a crash they do no harm, so they need no key.
  const hints = to.users
    .filter((user) => user !== excludeUserId)
    .map((user) =>
      announcer.publish({
        kind: 'hint',
        channel: userChannel(user),
        data,
        options: { nativeOnly: true, tags: options.tags },
      }),
    );
  const outcomes = await Promise.all(hints);
  return outcomes.find((outcome) => !outcome.ok) ?? chat;
}

/** Written by the store with the message. */
const parseReference = (reference: string): { conversationId: string; seq: number } =>
  JSON.parse(reference) as { conversationId: string; seq: number };

async function messageAt(store: ChatStore, id: string, seq: number): Promise<Message | undefined> {
  const [message] = await store.listMessages(id, { after: seq - 1, limit: 1 });
  return message?.seq === seq ? message : undefined;
}

async function rebuild(deps: MessageSenderDeps, row: OutboxRow): Promise<Delivery | undefined> {
  const { conversationId, seq } = parseReference(row.reference);
  const conversation = await deps.store.chat.getConversation(conversationId);
  const message = await messageAt(deps.store.chat, conversationId, seq);
  if (conversation === undefined || message === undefined) return undefined;
  const delivery = deliveryOf(deps, { to: knownConversation(conversation), message });
  const hasRead = (user: string): boolean =>
    conversation.members.some((member) => member.user === user && member.readSeq >= seq);
  return {
    ...delivery,
    pushFor: (user) => (hasRead(user) ? Promise.resolve(undefined) : delivery.pushFor(user)),
  };
}
