/** One open conversation: its head, what was said, who is typing, and the field to write in. */
import type { Conversation } from '@carillon/client';
import { useId, useState } from 'react';
import { Composer } from '../composer/composer.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { Announcer } from './announcer.tsx';
import { MembersPanel } from './members-panel.tsx';
import { MessageList } from './message-list.tsx';
import { ThreadHeader } from './thread-header.tsx';
import { TypingLine } from './typing-line.tsx';
import { useConversation } from './use-conversation.ts';

export function Thread({ id }: { id: string }) {
  const conversation = useConversation(id);
  return conversation === undefined ? (
    <div className="thread" />
  ) : (
    <OpenThread conversation={conversation} />
  );
}

function OpenThread({ conversation }: { conversation: Conversation }) {
  const { t } = useMessengerText();
  const { user, client } = useMessenger();
  const state = useReadable(conversation.state);
  const [sentCount, setSentCount] = useState(0);
  const panelId = useId();
  const { status, typing } = state;

  const send: typeof conversation.send = (input) => {
    const clientId = conversation.send(input);
    setSentCount((n) => n + 1);
    return clientId;
  };

  return (
    <>
      <section className="thread" aria-labelledby="thread-title">
        <ThreadHeader view={state.conversation} panelId={panelId} />
        {state.hadGap && (
          <p className="notice-line" role="status">
            {t('thread.gap')}
          </p>
        )}
        {status === 'error' ? (
          <div className="empty-note centred" role="alert">
            <p>{t('thread.error')}</p>
            <p className="quiet-text">{state.error?.message}</p>
            <button
              type="button"
              className="button quiet"
              onClick={() => {
                client.retryNow();
                location.reload();
              }}
            >
              {t('thread.reload')}
            </button>
          </div>
        ) : (
          <MessageList conversation={conversation} sentCount={sentCount} />
        )}
        <TypingLine names={typing} />
        <Announcer messages={state.messages} me={user} isReady={status === 'ready'} />
        <Composer
          key={conversation.id}
          conversationId={conversation.id}
          onSend={send}
          onTyping={(isTyping) => conversation.setTyping(isTyping)}
        />
      </section>
      {state.conversation !== undefined && (
        <MembersPanel view={state.conversation} panelId={panelId} />
      )}
    </>
  );
}
