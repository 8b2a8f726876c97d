/** `<Chat/>`: one conversation with its list, who is typing, and a field to write in. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { isNearBeginning } from '@carillon/client/ui';
import type { MessageRow } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { ChatComposer } from './chat-composer.tsx';
import { ChatRows } from './chat-rows.tsx';
import { classNames } from './class-names.ts';
import { useChatView } from './use-chat-view.ts';
import type { UsedChatView, UseChatViewOptions } from './use-chat-view.ts';
import { useScrollStick } from './use-scroll-stick.ts';

export interface ChatProps {
  readonly conversationId: string;
  readonly className?: string;
  /** How people are called; the same function each time. @default their ids */
  readonly nameOf?: UseChatViewOptions['nameOf'];
  /** Instead of the text of a message: for pictures, files and your own kinds. */
  readonly renderContent?: (row: MessageRow) => ReactNode;
}

export function Chat({ conversationId, className, nameOf, renderContent }: ChatProps) {
  const [isAtEnd, setIsAtEnd] = useState(true);
  const chat = useChatView(conversationId, {
    isAtEnd,
    ...(nameOf === undefined ? {} : { nameOf }),
  });
  const { t } = useTexts();
  const drafts = useRef(new Map<string, string>());
  if (chat.status === 'off') return null;
  return (
    <section className={classNames('carillon-chat', className)} data-status={chat.status}>
      <ChatLog key={conversationId} chat={chat} onEnd={setIsAtEnd} renderContent={renderContent} />
      {/* Read out as it comes; what is loaded or drawn anew is not. */}
      <p className="carillon-hidden" aria-live="polite">
        {/* Another element each time: the same words twice are two messages. */}
        <span key={chat.lastSeq}>{chat.announcement}</span>
      </p>
      <p className="carillon-chat-typing" role="status">
        {chat.typingText}
      </p>
      {chat.isOffline && <p className="carillon-note">{t('chat.offline')}</p>}
      <ChatComposer
        key={`composer-${conversationId}`}
        initial={drafts.current.get(conversationId) ?? ''}
        onChange={(draft) => {
          drafts.current.set(conversationId, draft);
          chat.setTyping(draft !== '');
        }}
        onSend={chat.send}
        isReady={chat.status === 'ready'}
      />
    </section>
  );
}

interface ChatLogProps {
  readonly chat: UsedChatView;
  readonly onEnd: (isAtEnd: boolean) => void;
  readonly renderContent: ChatProps['renderContent'];
}

function ChatLog({ chat, onEnd, renderContent }: ChatLogProps) {
  const { t, count } = useTexts();
  const firstKey = chat.rows.find(({ kind }) => kind === 'message')?.key;
  const scroll = useScrollStick({ rows: chat.rows, firstKey, ownCount: chat.ownCount });
  const seenSeq = useRef<number>(undefined);
  if (scroll.isAtEnd) seenSeq.current = chat.lastSeq;
  useEffect(() => onEnd(scroll.isAtEnd), [onEnd, scroll.isAtEnd]);
  const missed = scroll.isAtEnd ? 0 : chat.countAfter(seenSeq.current);
  const onScroll = (): void => {
    scroll.onScroll();
    const list = scroll.list.current;
    if (list === null || !isNearBeginning(list)) return;
    if (chat.hasOlder && !chat.isLoadingOlder) void chat.loadOlder();
  };
  return (
    <div className="carillon-chat-frame">
      <div
        ref={scroll.list}
        className="carillon-chat-log"
        role="log"
        aria-live="off"
        aria-label={t('chat.log')}
        tabIndex={0}
        onScroll={onScroll}
      >
        <ChatRows chat={chat} renderContent={renderContent} />
      </div>
      {!scroll.isAtEnd && (
        <button
          type="button"
          className="carillon-button carillon-chat-to-end"
          onClick={scroll.toEnd}
        >
          {missed > 0 ? count('chat.toEnd', missed) : t('chat.toLatest')}
        </button>
      )}
    </div>
  );
}
