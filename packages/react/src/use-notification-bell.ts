/** The bell without a look of its own: what it says, whether it is open, and what its buttons do. */
import { useCallback, useEffect, useState } from 'react';
import type { InboxFilter, Notification } from '@carillon/client';
import { badgeText, bellLabel, bellSections, titleWithCount } from '@carillon/client/ui';
import type { BellSection } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { useClock } from './use-clock.ts';
import { useInbox } from './use-inbox.ts';
import type { UsedInbox } from './use-inbox.ts';

export interface UsedNotificationBell {
  readonly status: UsedInbox['status'];
  /** The accessible name of the button: 'Notifications, 3 unread'. */
  readonly label: string;
  /** '' for none, '99+' for more than fit. */
  readonly badge: string;
  readonly unread: number;
  readonly isOpen: boolean;
  /** Opening loads the list and marks everything as seen. */
  readonly setOpen: (isOpen: boolean) => void;
  readonly filter: InboxFilter;
  readonly setFilter: (filter: InboxFilter) => void;
  /** Newest first, by days. */
  readonly sections: readonly BellSection[];
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly refresh: () => void;
  readonly markRead: (id: string) => void;
  readonly markAllRead: () => void;
  readonly archive: (id: string) => void;
}

export interface UseNotificationBellOptions {
  /** One has just come, in this moment: for sounds and toasts. */
  readonly onNotification?: (notification: Notification) => void;
  /** Puts the number before the page's title. @default false */
  readonly countsInTitle?: boolean;
}

/** A refused mark is taken back by the SDK and shown as it was: there is nothing more to say. */
const settle = (marked: Promise<void>): void => void marked.catch(() => undefined);

export function useNotificationBell(
  options: UseNotificationBellOptions = {},
): UsedNotificationBell {
  const inbox = useInbox(options);
  const { counts, items, mark, refresh, loadMore } = inbox;
  const texts = useTexts();
  const [isOpen, setIsOpen] = useState(false);
  const nowMs = useClock(isOpen ? 'minute' : undefined);
  useTitleCount(options.countsInTitle === true ? counts.unread : undefined);
  const setOpen = useCallback(
    (next: boolean) => {
      setIsOpen(next);
      if (!next) return;
      void refresh();
      settle(mark('all', 'seen'));
    },
    [mark, refresh],
  );
  return {
    status: inbox.status,
    label: bellLabel(counts.unread, texts),
    badge: badgeText(counts.unread),
    unread: counts.unread,
    isOpen,
    setOpen,
    filter: inbox.filter,
    setFilter: inbox.setFilter,
    sections: isOpen ? bellSections(items, nowMs, texts) : [],
    hasMore: inbox.hasMore,
    loadMore: () => void loadMore(),
    refresh: () => void refresh(),
    markRead: (id) => settle(mark([id], 'read')),
    markAllRead: () => settle(mark('all', 'read')),
    archive: (id) => settle(mark([id], 'archived')),
  };
}

function useTitleCount(unread: number | undefined): void {
  useEffect(() => {
    if (unread === undefined) return;
    document.title = titleWithCount(document.title, unread);
    return () => {
      document.title = titleWithCount(document.title, 0);
    };
  }, [unread]);
}
