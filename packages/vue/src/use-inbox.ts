/** The bell's content: absolute counts and a list, the same in every tab. */
import { computed, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type {
  CarillonError,
  InboxCounts,
  InboxFilter,
  InboxList,
  InboxMark,
  Notification,
} from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { notConnected } from './not-connected.ts';
import type { Status } from './status.ts';
import { useReadable } from './use-readable.ts';

export interface UsedInbox {
  /** `off`: no connection on this page, or no `system_notifications` in its route. */
  readonly status: ComputedRef<Status>;
  readonly counts: Readonly<ShallowRef<InboxCounts>>;
  readonly filter: ComputedRef<InboxFilter>;
  /** Newest first; loaded by the first `setFilter` or `refresh`. */
  readonly items: ComputedRef<readonly Notification[]>;
  readonly hasMore: ComputedRef<boolean>;
  readonly error: ComputedRef<CarillonError | undefined>;
  readonly setFilter: (filter: InboxFilter) => void;
  readonly loadMore: () => Promise<void>;
  readonly refresh: () => Promise<void>;
  /** Shown at once, taken back and rejected where the server refuses. */
  readonly mark: (ids: readonly string[] | 'all', mark: InboxMark) => Promise<void>;
}

export interface UseInboxOptions {
  /** One has just come, in this moment: for sounds and toasts. */
  readonly onNotification?: ((notification: Notification) => void) | undefined;
  /** Loads the list at once. @default false: counts alone */
  readonly loadsList?: boolean;
}

const NO_COUNTS: InboxCounts = { unread: 0, unseen: 0, total: 0, rev: 0 };
const LOADING: InboxList = { status: 'loading', filter: 'all', items: [], hasMore: false };

export function useInbox(options: UseInboxOptions = {}): UsedInbox {
  const { parts, isOff } = useParts('system_notifications');
  const inbox = computed(() => parts.value?.inbox);
  const counts = useReadable(() => inbox.value?.counts, NO_COUNTS);
  const list = useReadable(() => inbox.value?.list, LOADING);
  watch(
    inbox,
    (now, _, onCleanup) => {
      if (now === undefined) return;
      onCleanup(now.onNotification((notification) => options.onNotification?.(notification)));
      if (options.loadsList === true) void now.refresh();
    },
    { immediate: true },
  );
  return {
    status: computed(() => (isOff.value ? 'off' : list.value.status)),
    counts,
    filter: computed(() => list.value.filter),
    items: computed(() => list.value.items),
    hasMore: computed(() => list.value.hasMore),
    error: computed(() => list.value.error),
    setFilter: (filter) => inbox.value?.setFilter(filter),
    loadMore: async () => inbox.value?.loadMore(),
    refresh: async () => inbox.value?.refresh(),
    mark: async (ids, mark) => {
      if (inbox.value === undefined) throw notConnected();
      await inbox.value.mark(ids, mark);
    },
  };
}
