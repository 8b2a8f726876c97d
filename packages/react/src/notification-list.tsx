/** The inside of an open bell: which ones, the list by days, and its end. */
import type { KeyboardEvent } from 'react';
import type { BellItem } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import type { UsedNotificationBell } from './use-notification-bell.ts';

export interface NotificationListProps {
  readonly bell: UsedNotificationBell;
  readonly onOpen?: (item: BellItem) => void;
}

const FILTERS = ['all', 'unread', 'archived'] as const;

export function NotificationList({ bell, onOpen }: NotificationListProps) {
  const { t } = useTexts();
  return (
    <>
      <div className="carillon-bell-head">
        <h2 className="carillon-bell-title">{t('bell.title')}</h2>
        {bell.unread > 0 && (
          <button
            type="button"
            className="carillon-button"
            data-kind="quiet"
            onClick={bell.markAllRead}
          >
            {t('bell.readAll')}
          </button>
        )}
      </div>
      <div className="carillon-bell-filters" role="group" aria-label={t('bell.filter')}>
        {FILTERS.map((filter) => (
          <button
            key={filter}
            type="button"
            className="carillon-bell-filter"
            aria-pressed={bell.filter === filter}
            onClick={() => bell.setFilter(filter)}
          >
            {t(`bell.${filter}`)}
          </button>
        ))}
      </div>
      <div className="carillon-bell-list" onKeyDown={moveFocus}>
        {bell.sections.map(({ key, day, items }) => (
          <section key={key} aria-label={day}>
            <h3 className="carillon-bell-day">{day}</h3>
            <ul>
              {items.map((item) => (
                <Item key={item.id} item={item} bell={bell} onOpen={onOpen} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <ListEnd bell={bell} />
    </>
  );
}

interface ItemProps {
  readonly item: BellItem;
  readonly bell: UsedNotificationBell;
  readonly onOpen: ((item: BellItem) => void) | undefined;
}

function Item({ item, bell, onOpen }: ItemProps) {
  const { t } = useTexts();
  const open = (event: { preventDefault(): void }): void => {
    if (item.isUnread) bell.markRead(item.id);
    if (onOpen === undefined) return;
    event.preventDefault();
    onOpen(item);
  };
  const body = (
    <>
      <span className="carillon-bell-item-title">
        {item.isUnread && <span className="carillon-hidden">{t('bell.unread')}: </span>}
        {item.title}
      </span>
      {item.content !== '' && <span className="carillon-bell-item-text">{item.content}</span>}
      <time className="carillon-bell-item-time" dateTime={item.createdAt} title={item.dateTime}>
        {item.ago}
      </time>
    </>
  );
  return (
    <li className="carillon-bell-item" data-unread={item.isUnread} data-type={item.type}>
      {item.link === undefined ? (
        <button type="button" className="carillon-bell-open" onClick={open}>
          {body}
        </button>
      ) : (
        <a className="carillon-bell-open" href={item.link} onClick={open}>
          {body}
        </a>
      )}
      {!item.isArchived && (
        <button
          type="button"
          className="carillon-icon-button"
          aria-label={`${t('bell.archive')}: ${item.title}`}
          title={t('bell.archive')}
          onClick={() => bell.archive(item.id)}
        >
          <span aria-hidden="true">×</span>
        </button>
      )}
    </li>
  );
}

/** Loading, failed, empty, more, or the end. */
function ListEnd({ bell }: { bell: UsedNotificationBell }) {
  const { t } = useTexts();
  if (bell.status === 'error') {
    return (
      <p className="carillon-note" role="alert">
        {t('bell.error')}{' '}
        <button type="button" className="carillon-button" onClick={bell.refresh}>
          {t('bell.retry')}
        </button>
      </p>
    );
  }
  if (bell.status === 'loading' && bell.sections.length === 0)
    return <p className="carillon-note">{t('bell.loading')}</p>;
  if (bell.sections.length === 0) return <p className="carillon-note">{t('bell.empty')}</p>;
  if (!bell.hasMore) return <p className="carillon-note">{t('bell.end')}</p>;
  return (
    <button type="button" className="carillon-button" onClick={bell.loadMore}>
      {t('bell.more')}
    </button>
  );
}

/** Arrow keys go from one notification to the next. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.carillon-bell-open')];
  const row = document.activeElement?.closest('.carillon-bell-item');
  const at = items.findIndex((item) => row?.contains(item) === true);
  const next = items[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
