/** The inside of an open bell: which ones, the list by days, and its end. */
import { defineComponent, h } from 'vue';
import type { PropType, VNode } from 'vue';
import type { BellItem, UiTexts } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import type { UsedNotificationBell } from './use-notification-bell.ts';

const FILTERS = ['all', 'unread', 'archived'] as const;

type Open = (item: BellItem) => void;

export const NotificationList = defineComponent({
  name: 'NotificationList',
  inheritAttrs: false,
  props: {
    /** What `useNotificationBell` gives. */
    bell: { type: Object as PropType<UsedNotificationBell>, required: true },
    onOpen: { type: Function as PropType<Open> },
  },
  setup(props) {
    const texts = useTexts();
    return () => {
      const { bell, onOpen } = props;
      const { t } = texts.value;
      return [
        h('div', { class: 'carillon-bell-head' }, [
          h('h2', { class: 'carillon-bell-title' }, t('bell.title')),
          bell.unread.value > 0 && button(t('bell.readAll'), bell.markAllRead, 'quiet'),
        ]),
        filters(bell, texts.value),
        h(
          'div',
          { class: 'carillon-bell-list', onKeydown: moveFocus },
          bell.sections.value.map(({ key, day, items }) =>
            h('section', { key, 'aria-label': day }, [
              h('h3', { class: 'carillon-bell-day' }, day),
              h(
                'ul',
                items.map((item) => entry({ item, bell, onOpen, texts: texts.value })),
              ),
            ]),
          ),
        ),
        listEnd(bell, texts.value),
      ];
    };
  },
});

const button = (text: string, onClick: () => void, kind?: string): VNode =>
  h('button', { type: 'button', class: 'carillon-button', 'data-kind': kind, onClick }, text);

const filters = (bell: UsedNotificationBell, { t }: UiTexts): VNode =>
  h(
    'div',
    { class: 'carillon-bell-filters', role: 'group', 'aria-label': t('bell.filter') },
    FILTERS.map((filter) =>
      h(
        'button',
        {
          key: filter,
          type: 'button',
          class: 'carillon-bell-filter',
          'aria-pressed': bell.filter.value === filter,
          onClick: () => bell.setFilter(filter),
        },
        t(`bell.${filter}`),
      ),
    ),
  );

interface EntryInput {
  readonly item: BellItem;
  readonly bell: UsedNotificationBell;
  readonly onOpen: Open | undefined;
  readonly texts: UiTexts;
}

function entry({ item, bell, onOpen, texts: { t } }: EntryInput): VNode {
  const open = (event: Event): void => {
    if (item.isUnread) bell.markRead(item.id);
    if (onOpen === undefined) return;
    event.preventDefault();
    onOpen(item);
  };
  const body = [
    h('span', { class: 'carillon-bell-item-title' }, [
      item.isUnread && h('span', { class: 'carillon-hidden' }, `${t('bell.unread')}: `),
      item.title,
    ]),
    item.content !== '' && h('span', { class: 'carillon-bell-item-text' }, item.content),
    h(
      'time',
      { class: 'carillon-bell-item-time', datetime: item.createdAt, title: item.dateTime },
      item.ago,
    ),
  ];
  const attributes = {
    key: item.id,
    class: 'carillon-bell-item',
    'data-unread': item.isUnread,
    'data-type': item.type,
  };
  const archive = {
    type: 'button',
    class: 'carillon-icon-button',
    'aria-label': `${t('bell.archive')}: ${item.title}`,
    title: t('bell.archive'),
    onClick: () => bell.archive(item.id),
  } as const;
  return h('li', attributes, [
    item.link === undefined
      ? h('button', { type: 'button', class: 'carillon-bell-open', onClick: open }, body)
      : h('a', { class: 'carillon-bell-open', href: item.link, onClick: open }, body),
    !item.isArchived && h('button', archive, h('span', { 'aria-hidden': 'true' }, '×')),
  ]);
}

/** Loading, failed, empty, more, or the end. */
function listEnd(bell: UsedNotificationBell, { t }: UiTexts): VNode {
  const note = (text: string): VNode => h('p', { class: 'carillon-note' }, text);
  const isEmpty = bell.sections.value.length === 0;
  if (bell.status.value === 'error') {
    return h('p', { class: 'carillon-note', role: 'alert' }, [
      `${t('bell.error')} `,
      button(t('bell.retry'), bell.refresh),
    ]);
  }
  if (bell.status.value === 'loading' && isEmpty) return note(t('bell.loading'));
  if (isEmpty) return note(t('bell.empty'));
  return bell.hasMore.value ? button(t('bell.more'), bell.loadMore) : note(t('bell.end'));
}

/** Arrow keys go from one notification to the next. */
function moveFocus(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.carillon-bell-open')];
  const row = document.activeElement?.closest('.carillon-bell-item');
  const at = items.findIndex((item) => row?.contains(item) === true);
  const next = items[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
