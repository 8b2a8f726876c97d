/** Notifications, newest first; pressing one marks it as read. */
import { useSyncExternalStore } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { ClockTime } from '../../ui/clock-time.tsx';
import { CheckIcon } from '../../ui/icons.tsx';
import type { BellClient } from './bell-client.ts';
import type { BellItem } from './inbox.ts';

export function BellList({ bell, limit }: { bell: BellClient; limit: number }) {
  const { t } = useText();
  const inbox = useSyncExternalStore(bell.inbox.subscribe, bell.inbox.getSnapshot);
  if (inbox.hasFailed && inbox.items.length === 0)
    return <p className="empty">{t('bell.error')}</p>;
  if (inbox.items.length === 0) return <p className="empty">{t('bell.empty')}</p>;
  return (
    <ul className="bell-list">
      {inbox.items.slice(0, limit).map((item) => (
        <BellRow key={item.id} item={item} onRead={() => void bell.mark([item.id], 'read')} />
      ))}
    </ul>
  );
}

function BellRow({ item, onRead }: { item: BellItem; onRead: () => void }) {
  const { t } = useText();
  const { title, content, link, at, isUnread } = item;
  return (
    <li className={`bell-item${isUnread ? ' unread' : ''}`}>
      <div className="bell-text">
        <p className="bell-title">
          {isUnread && <span className="visually-hidden">{t('bell.unread')}: </span>}
          {title}
        </p>
        {content !== '' && <p className="bell-content">{content}</p>}
        <p className="bell-meta">
          <ClockTime at={at} />
          {link !== undefined && (
            <a
              href={link}
              rel="noopener noreferrer"
              onClick={onRead}
              aria-label={`${t('bell.open')}: ${title}`}
            >
              {t('bell.open')}
            </a>
          )}
        </p>
      </div>
      {isUnread && (
        <button
          type="button"
          className="icon-button"
          aria-label={`${t('bell.markRead')}: ${title}`}
          title={t('bell.markRead')}
          onClick={onRead}
        >
          <CheckIcon />
        </button>
      )}
    </li>
  );
}
