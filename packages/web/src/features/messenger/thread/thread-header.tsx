/** The head of a conversation: the way back on a phone, who it is with, and who is here. */
import type { ConversationView } from '@carillon/client';
import { Avatar } from '../../../ui/avatar.tsx';
import { BackIcon, PeopleIcon } from '../../../ui/icons.tsx';
import { othersIn, titleOf } from '../conversations/list-rules.ts';
import { useMessenger } from '../messenger.ts';
import { goToList } from '../shell/route.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { usePeopleHere } from './use-people-here.ts';

interface ThreadHeaderProps {
  readonly view: ConversationView | undefined;
  readonly panelId: string;
}

export function ThreadHeader({ view, panelId }: ThreadHeaderProps) {
  const { t } = useMessengerText();
  const { user } = useMessenger();
  const title = view === undefined ? '' : (titleOf(view, user) ?? t('list.untitled'));
  return (
    <header className="thread-header">
      <button
        type="button"
        className="icon-button back-button"
        aria-label={t('app.back')}
        onClick={goToList}
      >
        <BackIcon />
      </button>
      {view !== undefined && <Avatar name={title.replace(/^# /, '')} />}
      <div className="thread-title">
        <h1 id="thread-title">{title || '\u00A0'}</h1>
        {view === undefined ? <p>{'\u00A0'}</p> : <Subtitle view={view} />}
      </div>
      {view !== undefined && (
        <button
          type="button"
          className="icon-button"
          popoverTarget={panelId}
          aria-label={t('members.show')}
          title={t('members.show')}
        >
          <PeopleIcon />
        </button>
      )}
    </header>
  );
}

function Subtitle({ view }: { view: ConversationView }) {
  const { t, count } = useMessengerText();
  const { user } = useMessenger();
  const here = usePeopleHere(view.id);
  const others = othersIn(view, user).filter((name) => here.has(name));
  return (
    <p className="thread-subtitle">
      {view.kind !== 'direct' && <span>{count('thread.members', view.members.length)}</span>}
      {others.length > 0 && (
        <span className="here">
          <span className="dot good" />
          {view.kind === 'direct' ? '' : `${others.slice(0, 3).join(', ')} `}
          {t('thread.here')}
        </span>
      )}
      {view.kind === 'direct' && others.length === 0 && '\u00A0'}
    </p>
  );
}
