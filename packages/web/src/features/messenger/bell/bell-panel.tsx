/** Notifications by tab, newest first, with what can be done to all of them at once. */
import type { InboxFilter, InboxMark } from '@carillon/client';
import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { EndOfList } from '../conversations/end-of-list.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { useRovingFocus } from '../shell/use-roving-focus.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { DesktopOffer } from './desktop-offer.tsx';
import { NotificationRow } from './notification-row.tsx';

const FILTERS: readonly InboxFilter[] = ['all', 'unread', 'archived'];

type MarkThem = (ids: readonly string[] | 'all', mark: InboxMark) => void;

export function BellPanel() {
  const { t } = useMessengerText();
  const { inbox } = useMessenger();
  const { filter } = useReadable(inbox.list);
  const [isRefused, setRefused] = useState(false);
  const panelId = useId();
  const mark: MarkThem = (ids, how) => {
    setRefused(false);
    inbox.mark(ids, how).catch(() => setRefused(true));
  };
  return (
    <>
      <div className="panel-head">
        <h2>{t('bell.title')}</h2>
        <BulkMarks onMark={mark} />
      </div>
      <Tabs filter={filter} panelId={panelId} onChange={(next) => inbox.setFilter(next)} />
      {isRefused && (
        <p className="panel-problem" role="alert">
          {t('bell.refused')}
        </p>
      )}
      <div
        id={panelId}
        role="tabpanel"
        aria-label={t(`bell.${filter}`)}
        className="panel-scroll"
        tabIndex={-1}
      >
        <NotificationList onMark={mark} />
      </div>
      <DesktopOffer />
    </>
  );
}

/** Everything read at once, and back again while it is fresh. */
function BulkMarks({ onMark }: { onMark: MarkThem }) {
  const { t, count } = useMessengerText();
  const { inbox } = useMessenger();
  const { unread } = useReadable(inbox.counts);
  const { items } = useReadable(inbox.list);
  const [undoable, setUndoable] = useState<readonly string[]>([]);
  useEffect(() => {
    if (unread > 0) setUndoable([]);
  }, [unread]);

  if (undoable.length > 0 && unread === 0) {
    return (
      <p className="panel-undo" role="status">
        {count('bell.allRead', undoable.length)}
        <button type="button" className="text-button" onClick={() => onMark(undoable, 'unread')}>
          {t('bell.undo')}
        </button>
      </p>
    );
  }
  const read = items.filter(({ status }) => status === 'read').map(({ id }) => id);
  return (
    <span className="panel-tools">
      {unread > 0 && (
        <button
          type="button"
          className="text-button"
          onClick={() => {
            const ids = items.filter(({ status }) => status === 'unread').map(({ id }) => id);
            // Only where all of them are known can all of them be brought back.
            if (ids.length === unread) setUndoable(ids);
            onMark('all', 'read');
          }}
        >
          {t('bell.readAll')}
        </button>
      )}
      {unread === 0 && read.length > 0 && (
        <button type="button" className="text-button" onClick={() => onMark(read, 'archived')}>
          {t('bell.archiveRead')}
        </button>
      )}
    </span>
  );
}

interface TabsProps {
  readonly filter: InboxFilter;
  readonly panelId: string;
  readonly onChange: (filter: InboxFilter) => void;
}

function Tabs({ filter, panelId, onChange }: TabsProps) {
  const { t } = useMessengerText();
  const handleKey = (event: KeyboardEvent<HTMLElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')];
    const at = (FILTERS.indexOf(filter) + step + FILTERS.length) % FILTERS.length;
    tabs[at]?.focus();
    onChange(FILTERS[at] ?? 'all');
  };
  return (
    <div
      className="segments tabs"
      role="tablist"
      aria-label={t('bell.filters')}
      onKeyDown={handleKey}
    >
      {FILTERS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          aria-selected={each === filter}
          aria-controls={panelId}
          tabIndex={each === filter ? 0 : -1}
          className={each === filter ? 'chosen' : ''}
          onClick={() => onChange(each)}
        >
          {t(`bell.${each}`)}
        </button>
      ))}
    </div>
  );
}

const EMPTY = {
  all: 'bell.emptyAll',
  unread: 'bell.emptyUnread',
  archived: 'bell.emptyArchived',
} as const;

function NotificationList({ onMark }: { onMark: MarkThem }) {
  const { t } = useMessengerText();
  const { inbox } = useMessenger();
  const { items, status, filter, hasMore } = useReadable(inbox.list);
  const roving = useRovingFocus(items.map(({ id }) => id));
  if (items.length === 0) {
    if (status === 'loading') {
      return (
        <div className="skeletons" role="status" aria-label={t('bell.loading')}>
          <span />
          <span />
        </div>
      );
    }
    return <p className="empty-note">{t(status === 'error' ? 'bell.error' : EMPTY[filter])}</p>;
  }
  return (
    <>
      <ul className="notifications" onKeyDown={roving.onKeyDown}>
        {items.map((item) => (
          <NotificationRow
            key={item.id}
            item={item}
            roving={roving.itemProps(item.id)}
            onMark={(mark) => onMark([item.id], mark)}
          />
        ))}
      </ul>
      {hasMore ? (
        <EndOfList label={t('bell.more')} onReached={() => inbox.loadMore()} />
      ) : (
        <p className="end-note">{t('bell.end')}</p>
      )}
    </>
  );
}
