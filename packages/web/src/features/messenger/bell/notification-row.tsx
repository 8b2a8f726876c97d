/** One notification: pressing it marks it as read and follows its link; beside it, what else can be done. */
import type { InboxMark, Notification } from '@carillon/client';
import { ArchiveIcon, CheckIcon, UnreadIcon } from '../../../ui/icons.tsx';
import { useTimeLabels } from '../shell/time-labels.ts';
import type { RovingFocus } from '../shell/use-roving-focus.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { isSafeLink } from './safe-link.ts';

interface NotificationRowProps {
  readonly item: Notification;
  readonly roving: ReturnType<RovingFocus['itemProps']>;
  readonly onMark: (mark: InboxMark) => void;
}

export function NotificationRow({ item, roving, onMark }: NotificationRowProps) {
  const { t } = useMessengerText();
  const { title, status, link } = item;
  const isUnread = status === 'unread';
  const isArchived = status === 'archived';
  const read = (): void => {
    if (isUnread) onMark('read');
  };
  const inside = <NotificationText item={item} />;
  return (
    <li className={`notification ${status} ${item.type}`}>
      {link !== null && isSafeLink(link) ? (
        <a className="notification-main" href={link} onClick={read} {...roving}>
          {inside}
        </a>
      ) : (
        <button type="button" className="notification-main" onClick={read} {...roving}>
          {inside}
        </button>
      )}
      <span className="notification-tools">
        {!isArchived && (
          <button
            type="button"
            className="icon-button"
            aria-label={t(isUnread ? 'bell.markRead' : 'bell.markUnread', { title })}
            title={t(isUnread ? 'bell.markRead' : 'bell.markUnread', { title })}
            onClick={() => onMark(isUnread ? 'read' : 'unread')}
          >
            {isUnread ? <CheckIcon /> : <UnreadIcon />}
          </button>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={t(isArchived ? 'bell.unarchive' : 'bell.archive', { title })}
          title={t(isArchived ? 'bell.unarchive' : 'bell.archive', { title })}
          onClick={() => onMark(isArchived ? 'unarchived' : 'archived')}
        >
          <ArchiveIcon />
        </button>
      </span>
    </li>
  );
}

function NotificationText({ item }: { item: Notification }) {
  const { t } = useMessengerText();
  const labels = useTimeLabels();
  const at = Date.parse(item.created_at);
  return (
    <>
      <span className="notification-dot" aria-hidden="true" />
      <span className="notification-text">
        <span className="notification-title">
          {item.status === 'unread' && (
            <span className="visually-hidden">{t('bell.unreadMark')}: </span>
          )}
          {item.title}
        </span>
        {item.content !== '' && <span className="notification-content">{item.content}</span>}
        <span className="notification-meta">
          {item.source !== null && <span>{item.source} · </span>}
          <time dateTime={item.created_at}>{labels.short(at)}</time>
        </span>
      </span>
    </>
  );
}
