/** `<Chat/>`: one conversation with its list, who is typing, and a field to write in. */
import { defineComponent, h, shallowRef } from 'vue';
import type { PropType, SlotsType } from 'vue';
import type { MessageRow } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { ChatComposer } from './chat-composer.ts';
import { ChatLog } from './chat-log.ts';
import { useChatView } from './use-chat-view.ts';

export const Chat = defineComponent({
  name: 'Chat',
  props: {
    conversationId: { type: String, required: true },
    /** How people are called. @default their ids */
    nameOf: { type: Function as PropType<(user: string) => string> },
  },
  // `content`: instead of the text of a message, for pictures, files and your own kinds.
  slots: Object as SlotsType<{ content?: { row: MessageRow } }>,
  setup(props, { slots }) {
    const isAtEnd = shallowRef(true);
    const chat = useChatView(() => props.conversationId, {
      isAtEnd,
      nameOf: (user) => props.nameOf?.(user) ?? user,
    });
    const texts = useTexts();
    const drafts = new Map<string, string>();
    return () => {
      const { conversationId } = props;
      const status = chat.status.value;
      if (status === 'off') return null;
      const log = {
        key: conversationId,
        chat,
        onEnd: (isEnd: boolean) => (isAtEnd.value = isEnd),
      };
      const composer = {
        key: `composer-${conversationId}`,
        initial: drafts.get(conversationId) ?? '',
        isReady: status === 'ready',
        onDraft: (draft: string) => {
          drafts.set(conversationId, draft);
          chat.setTyping(draft !== '');
        },
        onSend: (content: string) => chat.send(content),
      };
      return h('section', { class: 'carillon-chat', 'data-status': status }, [
        h(ChatLog, log, slots.content === undefined ? {} : { content: slots.content }),
        // Read out as it comes; what is loaded or drawn anew is not.
        h('p', { class: 'carillon-hidden', 'aria-live': 'polite' }, [
          // Another element each time: the same words twice are two messages.
          h('span', { key: chat.lastSeq.value ?? -1 }, chat.announcement.value),
        ]),
        h('p', { class: 'carillon-chat-typing', role: 'status' }, chat.typingText.value),
        chat.isOffline.value && h('p', { class: 'carillon-note' }, texts.value.t('chat.offline')),
        h(ChatComposer, composer),
      ]);
    };
  },
});
