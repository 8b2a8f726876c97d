/** The rows of a conversation: days, the divider, messages, and what stands above them. */
import type { ReactNode } from 'react';
import type { ChatRow, MessageRow } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import type { UsedChatView } from './use-chat-view.ts';

export interface ChatRowsProps {
  readonly chat: UsedChatView;
  readonly renderContent: ((row: MessageRow) => ReactNode) | undefined;
}

export function ChatRows({ chat, renderContent }: ChatRowsProps) {
  return (
    <div className="carillon-chat-rows">
      <Head chat={chat} />
      <ol>
        {chat.rows.map((row) => (
          <Row key={row.key} row={row} chat={chat} renderContent={renderContent} />
        ))}
      </ol>
    </div>
  );
}

/** Loading, failed, empty, or more above. */
function Head({ chat }: { chat: UsedChatView }) {
  const { t } = useTexts();
  if (chat.status === 'error') {
    return (
      <p className="carillon-note" role="alert">
        {t('chat.error')}
      </p>
    );
  }
  if (chat.status === 'loading') return <p className="carillon-note">{t('chat.loading')}</p>;
  if (chat.rows.length === 0) return <p className="carillon-note">{t('chat.empty')}</p>;
  return (
    <>
      {chat.hadGap && <p className="carillon-note">{t('chat.gap')}</p>}
      {chat.hasOlder && (
        <button
          type="button"
          className="carillon-button"
          data-kind="quiet"
          disabled={chat.isLoadingOlder}
          onClick={() => void chat.loadOlder()}
        >
          {t(chat.isLoadingOlder ? 'chat.loadingOlder' : 'chat.older')}
        </button>
      )}
    </>
  );
}

interface RowProps extends ChatRowsProps {
  readonly row: ChatRow;
}

function Row({ row, chat, renderContent }: RowProps) {
  if (row.kind !== 'message') {
    return (
      <li className={`carillon-chat-${row.kind}`}>
        <span>{row.text}</span>
      </li>
    );
  }
  return (
    <li
      className="carillon-message"
      data-own={row.isOwn}
      data-first={row.isFirst}
      data-last={row.isLast}
      data-delivery={row.delivery}
    >
      <span className={row.isFirst ? 'carillon-message-name' : 'carillon-hidden'}>{row.name}</span>
      <div className="carillon-message-bubble" dir="auto">
        {renderContent?.(row) ?? <Content row={row} />}
      </div>
      <Meta row={row} chat={chat} />
    </li>
  );
}

function Content({ row }: { row: MessageRow }) {
  const { t } = useTexts();
  const { messageKind: kind, content } = row;
  if (kind !== 'image' && kind !== 'file' && kind !== 'voice') return content;
  return (
    <>
      <span className="carillon-message-kind">{t(`chat.${kind}`)}</span>
      {content}
    </>
  );
}

function Meta({ row, chat }: { row: MessageRow; chat: UsedChatView }) {
  const { t } = useTexts();
  return (
    <span className="carillon-message-meta">
      <time dateTime={row.createdAt} title={row.dateTime}>
        {row.time}
      </time>
      {row.deliveryText !== undefined && <span>{row.deliveryText}</span>}
      {row.delivery === 'failed' && (
        <>
          {row.error !== undefined && <span>{row.error}</span>}
          <button type="button" className="carillon-link" onClick={() => chat.retry(row.clientId)}>
            {t('chat.resend')}
          </button>
          <button
            type="button"
            className="carillon-link"
            onClick={() => chat.discard(row.clientId)}
          >
            {t('chat.discard')}
          </button>
        </>
      )}
    </span>
  );
}
