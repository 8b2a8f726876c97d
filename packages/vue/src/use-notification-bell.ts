/** The bell without a look of its own: what it says, whether it is open, and what its buttons do. */
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { InboxFilter } from '@carillon/client';
import { badgeText, bellLabel, bellSections, titleWithCount } from '@carillon/client/ui';
import type { BellSection } from '@carillon/client/ui';
import { useCarillonContext } from './carillon-context.ts';
import { useClock } from './use-clock.ts';
import { useInbox } from './use-inbox.ts';
import type { UsedInbox, UseInboxOptions } from './use-inbox.ts';

export interface UsedNotificationBell {
  readonly status: UsedInbox['status'];
  /** The accessible name of the button: 'Notifications, 3 unread'. */
  readonly label: ComputedRef<string>;
  /** '' for none, '99+' for more than fit. */
  readonly badge: ComputedRef<string>;
  readonly unread: ComputedRef<number>;
  readonly isOpen: Readonly<ShallowRef<boolean>>;
  /** Opening loads the list and marks everything as seen. */
  readonly setOpen: (isOpen: boolean) => void;
  readonly filter: UsedInbox['filter'];
  readonly setFilter: (filter: InboxFilter) => void;
  /** Newest first, by days. */
  readonly sections: ComputedRef<readonly BellSection[]>;
  readonly hasMore: UsedInbox['hasMore'];
  readonly loadMore: () => void;
  readonly refresh: () => void;
  readonly markRead: (id: string) => void;
  readonly markAllRead: () => void;
  readonly archive: (id: string) => void;
}

export interface UseNotificationBellOptions extends Pick<UseInboxOptions, 'onNotification'> {
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
  const { texts, isMounted } = useCarillonContext();
  const isOpen = shallowRef(false);
  const nowMs = useClock(() => (isOpen.value ? 'minute' : undefined));
  const unread = computed(() => counts.value.unread);
  if (options.countsInTitle === true) {
    useTitleCount(() => (isMounted.value ? unread.value : undefined));
  }
  return {
    status: inbox.status,
    label: computed(() => bellLabel(unread.value, texts.value)),
    badge: computed(() => badgeText(unread.value)),
    unread,
    isOpen,
    setOpen: (next) => {
      isOpen.value = next;
      if (!next) return;
      void refresh();
      settle(mark('all', 'seen'));
    },
    filter: inbox.filter,
    setFilter: inbox.setFilter,
    sections: computed(() =>
      isOpen.value ? bellSections(items.value, nowMs.value, texts.value) : [],
    ),
    hasMore: inbox.hasMore,
    loadMore: () => void loadMore(),
    refresh: () => void refresh(),
    markRead: (id) => settle(mark([id], 'read')),
    markAllRead: () => settle(mark('all', 'read')),
    archive: (id) => settle(mark([id], 'archived')),
  };
}

function useTitleCount(unread: () => number | undefined): void {
  let isCounting = false;
  watch(
    unread,
    (now) => {
      if (now === undefined) return;
      isCounting = true;
      document.title = titleWithCount(document.title, now);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    if (isCounting) document.title = titleWithCount(document.title, 0);
  });
}
