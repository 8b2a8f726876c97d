/** Notifications as events of a stream: the same fields as on the plain WebSocket endpoint. */
import { notificationFrame } from '../../domain/inbox/inbox-frames.ts';
import type { Notification } from '../../ports/inbox-store.ts';
import type { WireFormat } from '../../ports/wire-format.ts';
import { encodeComment, encodeEvent } from './event-encoder.ts';

const LIVE_PREFIX = '{"type":"notification","data":';

export const HEARTBEAT_COMMENT = encodeComment('heartbeat');

/** The event's name says the type, so its data is the notification itself. */
export const notificationEvent = (notification: Notification): string =>
  encodeEvent({
    id: String(notification.seq),
    event: 'notification',
    data: notificationFrame(notification).slice(LIVE_PREFIX.length, -1),
  });

/** @param onNotification is told, once per tick, of a user channel with a new notification. */
export const createNotificationFormat = (
  onNotification: (channel: string) => void,
): WireFormat => ({
  name: 'sse-notifications',
  encodeEvents(channel, events) {
    const hasNews = events.some(
      (event) => event.type === 'publication' && event.publication.data.startsWith(LIVE_PREFIX),
    );
    if (hasNews) onNotification(channel);
    return undefined;
  },
  encodeMessages: (messages) => Buffer.from(messages.join('')),
});
