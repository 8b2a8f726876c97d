/** The bell's content: absolute counts and a list, the same in every tab. */
import { useEffect, useMemo } from 'react';
import type {
  CarillonError,
  Inbox,
  InboxCounts,
  InboxFilter,
  InboxList,
  InboxMark,
  Notification,
} from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useLatest } from './use-latest.ts';
import { useReadable } from './use-readable.ts';

export interface InboxActions {
  readonly setFilter: (filter: InboxFilter) => void;
  readonly loadMore: () => Promise<void>;
  readonly refresh: () => Promise<void>;
  /** Shown at once, taken back and rejected where the server refuses. */
  readonly mark: (ids: readonly string[] | 'all', mark: InboxMark) => Promise<void>;
}

export interface UsedInbox extends InboxActions {
  /** `off`: no connection on this page, or no `system_notifications` in its route. */
  readonly status: Status;
  readonly counts: InboxCounts;
  readonly filter: InboxFilter;
  /** Newest first; loaded by the first `setFilter` or `refresh`. */
  readonly items: readonly Notification[];
  readonly hasMore: boolean;
  readonly error?: CarillonError;
}

export interface UseInboxOptions {
  /** One has just come, in this moment: for sounds and toasts. */
  readonly onNotification?: (notification: Notification) => void;
  /** Loads the list at once. @default false: counts alone */
  readonly loadsList?: boolean;
}

const NO_COUNTS: InboxCounts = { unread: 0, unseen: 0, total: 0, rev: 0 };
const LOADING: InboxList = { status: 'loading', filter: 'all', items: [], hasMore: false };

export function useInbox(options: UseInboxOptions = {}): UsedInbox {
  const { parts, isOff } = useParts('system_notifications');
  const inbox = parts?.inbox;
  const counts = useReadable(inbox?.counts, NO_COUNTS);
  const list = useReadable(inbox?.list, LOADING);
  const latest = useLatest(options.onNotification);
  useEffect(
    () => inbox?.onNotification((notification) => latest.current?.(notification)),
    [inbox, latest],
  );
  const { loadsList = false } = options;
  useEffect(() => {
    if (loadsList) void inbox?.refresh();
  }, [inbox, loadsList]);
  const actions = useMemo(() => actionsOf(inbox), [inbox]);
  return { ...list, ...actions, status: isOff ? 'off' : list.status, counts };
}

const actionsOf = (inbox: Inbox | undefined): InboxActions => ({
  setFilter: (filter) => inbox?.setFilter(filter),
  loadMore: async () => inbox?.loadMore(),
  refresh: async () => inbox?.refresh(),
  mark: async (ids, mark) => {
    if (inbox === undefined) throw notConnected();
    await inbox.mark(ids, mark);
  },
});
