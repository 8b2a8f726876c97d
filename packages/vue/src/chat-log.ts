/** The list of a conversation: where it stands, what was missed below, and when older messages are fetched. */
import { defineComponent, h, watch } from 'vue';
import type { PropType, SlotsType } from 'vue';
import { isNearBeginning } from '@carillon/client/ui';
import type { MessageRow } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { chatRowNodes } from './chat-rows.ts';
import type { UsedChatView } from './use-chat-view.ts';
import { useScrollStick } from './use-scroll-stick.ts';

export const ChatLog = defineComponent({
  name: 'ChatLog',
  props: {
    chat: { type: Object as PropType<UsedChatView>, required: true },
    onEnd: { type: Function as PropType<(isAtEnd: boolean) => void>, required: true },
  },
  slots: Object as SlotsType<{ content?: { row: MessageRow } }>,
  setup(props, { slots }) {
    const { chat } = props;
    const texts = useTexts();
    const scroll = useScrollStick({
      rows: () => chat.rows.value,
      firstKey: () => chat.rows.value.find(({ kind }) => kind === 'message')?.key,
      ownCount: () => chat.ownCount.value,
    });
    let seenSeq: number | undefined;
    watch(scroll.isAtEnd, (isAtEnd) => props.onEnd(isAtEnd), { immediate: true });
    const onScroll = (): void => {
      scroll.onScroll();
      const list = scroll.list.value;
      if (list === null || list === undefined || !isNearBeginning(list)) return;
      if (chat.hasOlder.value && !chat.isLoadingOlder.value) void chat.loadOlder();
    };
    return () => {
      const { t, count } = texts.value;
      const isAtEnd = scroll.isAtEnd.value;
      if (isAtEnd) seenSeq = chat.lastSeq.value;
      const missed = isAtEnd ? 0 : chat.countAfter(seenSeq);
      const log = {
        ref: scroll.list,
        class: 'carillon-chat-log',
        role: 'log',
        'aria-live': 'off',
        'aria-label': t('chat.log'),
        tabindex: 0,
        onScroll,
      } as const;
      const toEnd = {
        type: 'button',
        class: 'carillon-button carillon-chat-to-end',
        onClick: scroll.toEnd,
      } as const;
      return h('div', { class: 'carillon-chat-frame' }, [
        h('div', log, chatRowNodes({ chat, texts: texts.value, content: slots.content })),
        !isAtEnd &&
          h('button', toEnd, missed > 0 ? count('chat.toEnd', missed) : t('chat.toLatest')),
      ]);
    };
  },
});
