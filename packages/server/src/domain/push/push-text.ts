/** What a lock screen shows. Short, because providers cap a push at about 4 KB. */
import type { Conversation, Message } from '../../ports/chat-store.ts';
import type { Notification } from '../../ports/inbox-store.ts';
import type { Push } from '../../ports/push-sender.ts';
import { jsonWith } from '../json-text.ts';
import { attachedName } from '../uploads/message-upload.ts';

const MAX_TITLE = 100;
const MAX_BODY = 240;

/** Replies of a consultation concern the person's phone only. */
export const CONSULTATION_REPLY = 'consultation_reply';

/** Cuts between code points, so that no half of an emoji is left. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = Array.from(text);
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
}

/** Ids go into headers of providers, and a user id may be in any script. */
const pushId = (kind: string, id: string, user: string): string =>
  `${kind}-${id}-${encodeURIComponent(user.toWellFormed())}`;

export interface MessagePush {
  readonly conversation: Pick<Conversation, 'id' | 'kind' | 'title'>;
  readonly message: Message;
  readonly user: string;
  readonly badge?: number;
}

export function messagePush({ conversation, message, user, badge }: MessagePush): Push {
  const { title } = conversation;
  return {
    id: pushId('message', message.id, user),
    user,
    title: shortened(
      title === undefined ? message.sender : `${message.sender} · ${title}`,
      MAX_TITLE,
    ),
    body: shortened(bodyOf(message), MAX_BODY),
    data: JSON.stringify({
      type: 'message',
      conversation_id: conversation.id,
      message_id: message.id,
      seq: message.seq,
      kind: message.kind,
    }),
    collapseKey: `chat:${conversation.id}`,
    ...(badge !== undefined && { badge }),
    ...(message.kind === CONSULTATION_REPLY && { mobileOnly: true }),
    createdAt: message.createdAt,
  };
}

/** A file without a caption is shown by its name. */
const bodyOf = ({ content, attributes }: Message): string =>
  content === '' ? (attachedName(attributes) ?? '') : content;

export function notificationPush(notification: Notification, badge?: number): Push {
  const { id, user, link } = notification;
  return {
    id: pushId('notification', id, user),
    user,
    title: shortened(notification.title, MAX_TITLE),
    body: shortened(notification.content, MAX_BODY),
    ...(link !== undefined && { link }),
    data: jsonWith(
      { type: 'notification', notification_id: id, kind: notification.type },
      { data: notification.data },
    ),
    ...(badge !== undefined && { badge }),
    createdAt: notification.createdAt,
  };
}

/** A push of its own, saved as a template for several people. */
export const personalPush = (template: Omit<Push, 'user'>, user: string): Push => ({
  ...template,
  id: pushId('push', template.id, user),
  user,
});
