/** The messenger of somebody who is signed in: head, conversations on the left, the open one beside them. */
import { useEffect, useState } from 'react';
import { ConversationList } from '../conversations/conversation-list.tsx';
import { NewConversation } from '../conversations/new-conversation.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { Thread } from '../thread/thread.tsx';
import { TryPanel } from '../try/try-panel.tsx';
import { AppHeader } from './app-header.tsx';
import { badgeText } from './badge.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { useRoute } from './route.ts';

export function App() {
  const { t } = useMessengerText();
  const { isDemo } = useMessenger();
  const route = useRoute();
  const [isCreating, setCreating] = useState(false);
  useDocumentTitle();
  const openId = route.page === 'conversation' ? route.id : undefined;
  return (
    <div className={`app at-${route.page}`}>
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('#main')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <AppHeader />
      <ConnectionBanner />
      <div className="panes">
        <ConversationList openId={openId} onNew={() => setCreating(true)} />
        <main id="main" className="main-pane" tabIndex={-1}>
          {openId !== undefined && <Thread key={openId} id={openId} />}
          {openId === undefined &&
            (isDemo ? <TryPanel /> : <p className="empty-note centred">{t('thread.pick')}</p>)}
        </main>
      </div>
      {isCreating && <NewConversation onClose={() => setCreating(false)} />}
    </div>
  );
}

/** What waits, in the title of the tab: unread messages and notifications together. */
function useDocumentTitle(): void {
  const { chat, inbox } = useMessenger();
  const messages = useReadable(chat.unread);
  const { unread } = useReadable(inbox.counts);
  const waiting = messages + unread;
  useEffect(() => {
    document.title = `${waiting === 0 ? '' : `(${badgeText(waiting)}) `}Carillon`;
  }, [waiting]);
}
