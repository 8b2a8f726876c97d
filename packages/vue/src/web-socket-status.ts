/** The state of the connection in words, with buttons to retry and to disconnect (E6). */
import { defineComponent, h } from 'vue';
import type { VNode } from 'vue';
import { useTexts } from './carillon-context.ts';
import { useConnectionView } from './use-connection-view.ts';

export const WebSocketStatus = defineComponent({
  name: 'WebSocketStatus',
  props: {
    /** @default true */
    showsButtons: { type: Boolean, default: true },
  },
  setup(props) {
    const { view, connect, retryNow, disconnect } = useConnectionView();
    const texts = useTexts();
    return () => {
      const { t } = texts.value;
      const { status, tone, text, canConnect, canRetry, canDisconnect } = view.value;
      const attributes = {
        class: 'carillon-status',
        'data-status': status,
        'data-tone': tone,
        role: 'group',
        'aria-label': t('status.label'),
      };
      return h('div', attributes, [
        h('span', { class: 'carillon-status-dot', 'aria-hidden': 'true' }),
        // A countdown is for eyes: what is read out changes with the state only.
        h('span', { class: 'carillon-status-text', 'aria-hidden': 'true' }, text),
        h(
          'span',
          { class: 'carillon-hidden', role: 'status' },
          status === 'waiting' ? t('status.waiting') : text,
        ),
        props.showsButtons && canConnect && button(t('status.connect'), connect),
        props.showsButtons && canRetry && button(t('status.retry'), retryNow),
        props.showsButtons && canDisconnect && button(t('status.disconnect'), disconnect, 'quiet'),
      ]);
    };
  },
});

const button = (text: string, onClick: () => void, kind?: string): VNode =>
  h('button', { type: 'button', class: 'carillon-button', 'data-kind': kind, onClick }, text);
