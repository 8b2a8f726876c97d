/**
 * All that a page may use of Carillon: guard-client.ts for the parts above the client. Parts that
 * the page does not list are not even made.
 */
import type { Chat, Conversation, ConversationState, SendInput } from '../chat/chat.ts';
import type { Carillon } from '../create-carillon.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Readable } from '../readable.ts';
import { featureOff, featuresOfCall } from './features.ts';
import type { Feature } from './features.ts';
import { guardClient } from './guard-client.ts';
import type { Features } from './guard-client.ts';

/** What a page gets: to close it is the application's business. */
export type PageParts = Omit<Carillon, 'close'>;

/** Parts throw `feature_off` where the page does not list what they stand for. */
export function guardCarillon(parts: PageParts, features: Features): PageParts {
  const need: Need = (...needed) => {
    const missing = needed.find((feature) => !features.has(feature));
    if (missing !== undefined) throw featureOff(missing);
  };
  const client = guardClient(parts.client, features);
  let chat: Chat | undefined;
  let outbox: Outbox | undefined;
  return {
    client,
    get outbox() {
      return (outbox ??= guardOutbox(parts.outbox, need));
    },
    get chat() {
      need('messaging');
      return (chat ??= guardChat(parts.chat, features, need));
    },
    get inbox() {
      need('system_notifications');
      return parts.inbox;
    },
    get tasks() {
      return parts.tasks;
    },
    get presence() {
      need('user_monitoring');
      return parts.presence;
    },
    get desktop() {
      need('system_notifications');
      return parts.desktop;
    },
    async upload(input) {
      need(featureOfMediaType(input.file.type));
      return parts.upload(input);
    },
    async devices() {
      need('user_monitoring');
      return parts.devices();
    },
  };
}

/** A sound is a voice note; everything else is a file. */
const featureOfMediaType = (type: string): Feature =>
  type.startsWith('audio/') ? 'voice_note' : 'file_upload';

type Need = (...needed: readonly Feature[]) => void;

const guardOutbox = (outbox: Outbox, need: Need): Outbox => ({
  items: outbox.items,
  add: (item) => {
    need(...featuresOfCall(item.method, item.input));
    outbox.add(item);
  },
  retry: (id) => outbox.retry(id),
  discard: (id) => outbox.discard(id),
  onSent: (listener) => outbox.onSent(listener),
  close: () => outbox.close(),
});

const guardChat = (chat: Chat, features: Features, need: Need): Chat => ({
  conversations: chat.conversations,
  unread: chat.unread,
  loadMore: () => chat.loadMore(),
  create: (input) => chat.create(input),
  open: (id) => guardConversation(chat.open(id), features, need),
  close: () => chat.close(),
});

const guardConversation = (
  conversation: Conversation,
  features: Features,
  need: Need,
): Conversation => ({
  id: conversation.id,
  state: features.has('typing_indicator') ? conversation.state : withoutTyping(conversation.state),
  loadOlder: () => conversation.loadOlder(),
  send: (input: SendInput) => {
    need(...featuresOfCall('chat.send', input));
    return conversation.send(input);
  },
  retry: (clientId) => conversation.retry(clientId),
  discard: (clientId) => conversation.discard(clientId),
  markRead: (seq) => conversation.markRead(seq),
  setTyping: (isTyping) => {
    need('typing_indicator');
    conversation.setTyping(isTyping);
  },
  release: () => conversation.release(),
});

/** Each state is changed once: a Readable has to give the same object until it changes. */
function withoutTyping(state: Readable<ConversationState>): Readable<ConversationState> {
  let from = state.get();
  let shown: ConversationState = { ...from, typing: [] };
  return {
    get: () => {
      const now = state.get();
      if (now !== from) shown = { ...now, typing: [] };
      from = now;
      return shown;
    },
    subscribe: (listener) => state.subscribe(listener),
  };
}
