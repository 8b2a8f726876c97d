/** What is published in `user:<id>` about the inbox. */
import type { RawJson } from '@carillon/protocol';
import type { InboxCounts, InboxMark, Notification } from '../../ports/inbox-store.ts';
import { isoTime, jsonWith, typedFrame } from '../json-text.ts';

export type NotificationStatus = 'unread' | 'read' | 'archived';

export function notificationStatus(notification: Notification): NotificationStatus {
  if (notification.archivedAt !== undefined) return 'archived';
  return notification.readAt === undefined ? 'unread' : 'read';
}

/** The same bytes on native and plain endpoints, live and when a stream resumes. */
export const notificationFrame = (notification: Notification): RawJson =>
  typedFrame(
    'notification',
    jsonWith(
      {
        id: notification.id,
        title: notification.title,
        content: notification.content,
        type: notification.type,
        link: notification.link ?? null,
        source: notification.source ?? null,
        created_at: isoTime(notification.createdAt),
        status: notificationStatus(notification),
      },
      { data: notification.data },
    ),
  );

export const countsFrame = (counts: InboxCounts): RawJson =>
  typedFrame(
    'counts',
    JSON.stringify({
      unread: counts.unread,
      unseen: counts.unseen,
      total: counts.total,
      rev: counts.rev,
    }),
  );

export const markedFrame = (ids: readonly string[] | 'all', mark: InboxMark): RawJson =>
  typedFrame('notification.updated', JSON.stringify({ ids, mark }));
