/** The rows of a conversation: days, the divider, messages, and what stands above them. */
import { h } from 'vue';
import type { VNode, VNodeChild } from 'vue';
import type { ChatRow, MessageRow, UiTexts } from '@carillon/client/ui';
import type { UsedChatView } from './use-chat-view.ts';

export interface ChatRowsInput {
  readonly chat: UsedChatView;
  readonly texts: UiTexts;
  readonly content: ((input: { row: MessageRow }) => VNode[]) | undefined;
}

export const chatRowNodes = (input: ChatRowsInput): VNode =>
  h('div', { class: 'carillon-chat-rows' }, [
    headNodes(input),
    h(
      'ol',
      input.chat.rows.value.map((row) => rowNode(row, input)),
    ),
  ]);

/** Loading, failed, empty, or more above. */
function headNodes({ chat, texts: { t } }: ChatRowsInput): VNodeChild {
  const status = chat.status.value;
  const note = (text: string, role?: string): VNode =>
    h('p', { class: 'carillon-note', role }, text);
  if (status === 'error') return note(t('chat.error'), 'alert');
  if (status === 'loading') return note(t('chat.loading'));
  if (chat.rows.value.length === 0) return note(t('chat.empty'));
  const isLoading = chat.isLoadingOlder.value;
  const older = {
    type: 'button',
    class: 'carillon-button',
    'data-kind': 'quiet',
    disabled: isLoading,
    onClick: () => void chat.loadOlder(),
  } as const;
  return [
    chat.hadGap.value && note(t('chat.gap')),
    chat.hasOlder.value && h('button', older, t(isLoading ? 'chat.loadingOlder' : 'chat.older')),
  ];
}

function rowNode(row: ChatRow, input: ChatRowsInput): VNode {
  if (row.kind !== 'message') {
    return h('li', { key: row.key, class: `carillon-chat-${row.kind}` }, h('span', row.text));
  }
  const attributes = {
    key: row.key,
    class: 'carillon-message',
    'data-own': row.isOwn,
    'data-first': row.isFirst,
    'data-last': row.isLast,
    'data-delivery': row.delivery,
  };
  const content = input.content?.({ row }) ?? contentNodes(row, input.texts);
  return h('li', attributes, [
    h('span', { class: row.isFirst ? 'carillon-message-name' : 'carillon-hidden' }, row.name),
    h('div', { class: 'carillon-message-bubble', dir: 'auto' }, content),
    metaNode(row, input),
  ]);
}

function contentNodes({ messageKind: kind, content }: MessageRow, { t }: UiTexts) {
  if (kind !== 'image' && kind !== 'file' && kind !== 'voice') return content;
  return [h('span', { class: 'carillon-message-kind' }, t(`chat.${kind}`)), content];
}

function metaNode(row: MessageRow, { chat, texts: { t } }: ChatRowsInput): VNode {
  const link = (text: string, onClick: () => void): VNode =>
    h('button', { type: 'button', class: 'carillon-link', onClick }, text);
  const failed =
    row.delivery === 'failed'
      ? [
          row.error !== undefined && h('span', row.error),
          link(t('chat.resend'), () => chat.retry(row.clientId)),
          link(t('chat.discard'), () => chat.discard(row.clientId)),
        ]
      : [];
  return h('span', { class: 'carillon-message-meta' }, [
    h('time', { datetime: row.createdAt, title: row.dateTime }, row.time),
    row.deliveryText !== undefined && h('span', row.deliveryText),
    ...failed,
  ]);
}
