/** `<NotificationBell/>`: a button with the number of unread ones, and the list that opens from it. */
import { defineComponent, h, onMounted, shallowRef, useId, watch } from 'vue';
import type { PropType, ShallowRef, SlotsType, VNode } from 'vue';
import type { Notification } from '@carillon/client';
import type { BellItem } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { NotificationList } from './notification-list.ts';
import { useNotificationBell } from './use-notification-bell.ts';

export const NotificationBell = defineComponent({
  name: 'NotificationBell',
  props: {
    /** Puts the number before the page's title. @default false */
    countsInTitle: { type: Boolean, default: false },
    /** `@open`: follow the link of a notification, with your router; the browser does where nobody listens. */
    onOpen: { type: Function as PropType<(item: BellItem) => void> },
    /** `@notification`: one has just come, in this moment. */
    onNotification: { type: Function as PropType<(notification: Notification) => void> },
  },
  // `icon`: instead of the drawn bell.
  slots: Object as SlotsType<{ icon?: Record<string, never> }>,
  setup(props, { slots }) {
    const bell = useNotificationBell({
      countsInTitle: props.countsInTitle,
      onNotification: (notification) => props.onNotification?.(notification),
    });
    const texts = useTexts();
    const panelId = useId();
    const root = shallowRef<HTMLElement | null>(null);
    const button = shallowRef<HTMLElement | null>(null);
    useOutside(root, bell.isOpen, () => bell.setOpen(false));
    const onKeydown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !bell.isOpen.value) return;
      event.stopPropagation();
      bell.setOpen(false);
      button.value?.focus();
    };
    return () => {
      // Not on this page: a button that does nothing would be a riddle.
      if (bell.status.value === 'off') return null;
      const isOpen = bell.isOpen.value;
      const toggle = {
        type: 'button',
        ref: button,
        class: 'carillon-bell-button',
        'aria-label': bell.label.value,
        'aria-haspopup': 'dialog',
        'aria-expanded': isOpen,
        'aria-controls': isOpen ? panelId : undefined,
        onClick: () => bell.setOpen(!isOpen),
      } as const;
      const badge = bell.badge.value;
      return h('div', { class: 'carillon-bell', ref: root, onKeydown }, [
        h('button', toggle, [
          slots.icon?.({}) ?? bellIcon(),
          badge !== '' && h('span', { class: 'carillon-badge', 'aria-hidden': 'true' }, badge),
        ]),
        h(
          'span',
          { class: 'carillon-hidden', role: 'status' },
          bell.unread.value > 0 ? bell.label.value : '',
        ),
        isOpen &&
          h(Panel, { id: panelId, label: texts.value.t('bell.title') }, () =>
            h(NotificationList, { bell, ...(props.onOpen && { onOpen: props.onOpen }) }),
          ),
      ]);
    };
  },
});

/** Takes the focus when it opens, so that a keyboard is where the eyes are. */
const Panel = defineComponent({
  name: 'NotificationPanel',
  props: { label: { type: String, required: true } },
  setup(props, { slots }) {
    const panel = shallowRef<HTMLElement | null>(null);
    onMounted(() => panel.value?.focus());
    const attributes = { ref: panel, class: 'carillon-bell-panel', role: 'dialog', tabindex: -1 };
    return () => h('div', { ...attributes, 'aria-label': props.label }, slots['default']?.());
  },
});

/** A press or the focus anywhere else closes it. */
function useOutside(
  root: ShallowRef<HTMLElement | null>,
  isOpen: Readonly<ShallowRef<boolean>>,
  onOutside: () => void,
): void {
  watch(isOpen, (now, _, onCleanup) => {
    if (!now) return;
    const stop = new AbortController();
    const look = ({ target }: Event): void => {
      if (target instanceof Node && root.value?.contains(target) === false) onOutside();
    };
    for (const type of ['pointerdown', 'focusin']) {
      document.addEventListener(type, look, { signal: stop.signal });
    }
    onCleanup(() => stop.abort());
  });
}

const BELL =
  'M12 2.500c-3.900 0-6.200 2.900-6.200 6.700v3.600l-1.900 3.300c-.4.700.1 1.500.9 1.500h14.400c.8 0 1.300-.8.9-1.500l-1.900-3.300V9.200c0-3.800-2.300-6.700-6.200-6.700zM9.200 19.200a2.800 2.800 0 0 0 5.600 0z';

const bellIcon = (): VNode =>
  h(
    'svg',
    { viewBox: '0 0 24 24', width: 24, height: 24, 'aria-hidden': 'true', fill: 'currentColor' },
    h('path', { d: BELL }),
  );
