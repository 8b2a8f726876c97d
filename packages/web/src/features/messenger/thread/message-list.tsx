/**
 * What was said. Only the rows near the screen exist; the list holds on to the message under the
 * reader's eye when older ones are put before it, and follows the end only for a reader who is there.
 */
import type { Conversation, ConversationState } from '@carillon/client';
import { useMemo } from 'react';
import { DownIcon, UpIcon } from '../../../ui/icons.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { useTimeLabels } from '../shell/time-labels.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { RowView } from './row-view.tsx';
import { rowsOf } from './rows.ts';
import type { Row } from './rows.ts';
import { useMessageScroll } from './use-message-scroll.ts';
import { useReadMark } from './use-read-mark.ts';

interface MessageListProps {
  readonly conversation: Conversation;
  /** Grows when I write: then the end is shown wherever I was. */
  readonly sentCount: number;
}

export function MessageList({ conversation, sentCount }: MessageListProps) {
  const { t } = useMessengerText();
  const { user: me } = useMessenger();
  const state = useReadable(conversation.state);
  const { messages, pending, firstUnreadSeq, hasOlder, status } = state;
  const rows = useMemo(
    () =>
      rowsOf({
        messages,
        pending,
        hasOlder,
        me,
        ...(firstUnreadSeq === undefined ? {} : { firstUnreadSeq }),
      }),
    [messages, pending, firstUnreadSeq, hasOlder, me],
  );
  const scroll = useMessageScroll({ rows, state, sentCount, me, onNearTop: loadOlder });
  useReadMark({ conversation, isAtEnd: scroll.isAtEnd });

  function loadOlder(): void {
    if (!state.hasOlder || state.isLoadingOlder) return;
    // Without a connection: asked for again when it is back (use-message-scroll.ts).
    conversation.loadOlder().catch(() => undefined);
  }

  return (
    <div className="log-frame">
      <div
        ref={scroll.scroller}
        className="log"
        role="log"
        aria-live="off"
        aria-label={t('thread.log')}
        aria-busy={status === 'loading'}
        tabIndex={0}
        onScroll={scroll.onScroll}
      >
        {rows.length === 0 && <EmptyLog status={status} />}
        <Rows rows={rows} scroll={scroll} conversation={conversation} />
      </div>
      <FloatingDate at={scroll.floatingDate} />
      {state.isLoadingOlder && (
        <p className="older-note" role="status">
          {t('thread.older')}
        </p>
      )}
      <ScrollButtons scroll={scroll} state={state} onOlder={loadOlder} />
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly Row[];
  readonly scroll: ReturnType<typeof useMessageScroll>;
  readonly conversation: Conversation;
}

/** Only those near the screen. */
function Rows({ rows, scroll, conversation }: RowsProps) {
  const state = useReadable(conversation.state);
  return (
    <ol className="rows" style={{ height: scroll.totalHeight }}>
      {scroll.items.map((item) => {
        const row = rows[item.index];
        return (
          row !== undefined && (
            <li
              key={item.key}
              ref={scroll.measure}
              data-index={item.index}
              className="row"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <RowView row={row} conversation={conversation} state={state} />
            </li>
          )
        );
      })}
    </ol>
  );
}

function EmptyLog({ status }: { status: ConversationState['status'] }) {
  const { t } = useMessengerText();
  if (status !== 'loading') return <p className="log-empty">{t('thread.empty')}</p>;
  return (
    <div className="log-skeletons" role="status" aria-label={t('thread.loading')}>
      <span />
      <span />
      <span />
    </div>
  );
}

/** The day of the topmost row; decoration, since every day has a row of its own. */
function FloatingDate({ at }: { at: number | undefined }) {
  const labels = useTimeLabels();
  if (at === undefined) return null;
  return (
    <p className="floating-date" aria-hidden="true">
      <span>{labels.day(at)}</span>
    </p>
  );
}

interface ScrollButtonsProps {
  readonly scroll: ReturnType<typeof useMessageScroll>;
  readonly state: ConversationState;
  readonly onOlder: () => void;
}

function ScrollButtons({ scroll, state, onOlder }: ScrollButtonsProps) {
  const { t, count } = useMessengerText();
  const { firstUnreadSeq, messages } = state;
  const firstSeq = messages[0]?.seq ?? 0;
  const lastSeq = messages.at(-1)?.seq ?? 0;
  const isUnreadAbove = firstUnreadSeq !== undefined && firstUnreadSeq < firstSeq;
  return (
    <>
      {isUnreadAbove && (
        <button
          type="button"
          className="button to-unread"
          onClick={() => {
            scroll.toStart();
            onOlder();
          }}
        >
          <UpIcon />
          {count('thread.toUnread', lastSeq - firstUnreadSeq + 1)}
        </button>
      )}
      {!scroll.isAtEnd && (
        <button
          type="button"
          className={`button to-end${scroll.missed === 0 ? ' round' : ''}`}
          aria-label={scroll.missed === 0 ? t('thread.toEnd') : undefined}
          onClick={scroll.toEnd}
        >
          <DownIcon />
          {scroll.missed > 0 && count('thread.new', scroll.missed)}
        </button>
      )}
    </>
  );
}
