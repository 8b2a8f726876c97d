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
  const { user } = useMessenger();
  const state = useReadable(conversation.state);
  const [sentCount, setSentCount] = useState(0);
  const panelId = useId();
  const view = state.conversation;

  const send: typeof conversation.send = (input) => {
    const clientId = conversation.send(input);
    setSentCount((n) => n + 1);
    return clientId;
  };

  if (state.status === 'error') {
    return (
      <section className="thread" aria-labelledby="thread-title">
        <ThreadHeader view={undefined} panelId={panelId} />
        <div className="empty-note centred" role="alert">
          <strong>{t('thread.error')}</strong>
          <p>{state.error?.message}</p>
          <button type="button" className="button quiet" onClick={() => location.reload()}>
            {t('thread.reload')}
          </button>
        </div>
      </section>
    );
  }
  return (
    <>
      <section className="thread" aria-labelledby="thread-title">
        <ThreadHeader view={view} panelId={panelId} />
        {state.hadGap && (
          <p className="notice-line" role="status">
            {t('thread.gap')}
          </p>
        )}
        <MessageList conversation={conversation} sentCount={sentCount} />
        <TypingLine names={state.typing} />
        <Announcer messages={state.messages} me={user} isReady={state.status === 'ready'} />
        <Composer
          key={conversation.id}
          conversationId={conversation.id}
          onSend={send}
          onTyping={(isTyping) => conversation.setTyping(isTyping)}
        />
      </section>
      {view !== undefined && <MembersPanel view={view} panelId={panelId} />}
    </>
  );
}
