/** One conversation in the list: who, what was said last and when, how much is unread. */
import type { ConversationItem } from '@carillon/client';
import { Avatar } from '../../../ui/avatar.tsx';
import { useMessenger } from '../messenger.ts';
import { hrefOf } from '../shell/route.ts';
import { useTimeLabels } from '../shell/time-labels.ts';
import type { RovingFocus } from '../shell/use-roving-focus.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { titleOf } from './list-rules.ts';

interface ConversationLinkProps {
  readonly item: ConversationItem;
  readonly isOpen: boolean;
  readonly roving: ReturnType<RovingFocus['itemProps']>;
}

export function ConversationLink({ item, isOpen, roving }: ConversationLinkProps) {
  const { t, count } = useMessengerText();
  const { user } = useMessenger();
  const labels = useTimeLabels();
  const title = titleOf(item, user) ?? t('list.untitled');
  const at = Date.parse(item.last_message?.created_at ?? item.created_at);
  return (
    <a
      href={hrefOf(item.id)}
      className={`conversation${isOpen ? ' open' : ''}${item.unread > 0 ? ' unread' : ''}`}
      aria-current={isOpen ? 'page' : undefined}
      {...roving}
    >
      <Avatar name={title.replace(/^# /, '')} />
      <span className="conversation-text">
        <span className="conversation-top">
          <span className="conversation-title">{title}</span>
          <time className="conversation-time" dateTime={new Date(at).toISOString()}>
            {labels.short(at)}
          </time>
        </span>
        <span className="conversation-bottom">
          <Preview item={item} isOpen={isOpen} />
          {item.unread > 0 && (
            <span className="count">
              <span aria-hidden="true">{item.unread > 99 ? '99+' : item.unread}</span>
              <span className="visually-hidden">{count('list.unread', item.unread)}</span>
            </span>
          )}
        </span>
      </span>
    </a>
  );
}

function Preview({ item, isOpen }: { item: ConversationItem; isOpen: boolean }) {
  const { t } = useMessengerText();
  const { user, drafts } = useMessenger();
  const draft = isOpen ? '' : drafts.get(item.id).trim();
  const said = useSaid(item, user);
  if (draft !== '') {
    return <span className="conversation-preview draft">{t('list.draft', { text: draft })}</span>;
  }
  return <span className="conversation-preview">{said}</span>;
}

function useSaid({ last_message: last, kind }: ConversationItem, me: string): string {
  const { t } = useMessengerText();
  if (last === undefined) return t('list.noMessages');
  const text = last.content === '' ? whatItIs(last.kind) : last.content;
  if (last.sender === me) return t('list.you', { text });
  return kind === 'direct' ? text : t('list.by', { name: last.sender, text });

  function whatItIs(messageKind: string): string {
    switch (messageKind) {
      case 'image':
        return t('kind.image');
      case 'voice':
        return t('kind.voice');
      default:
        return t('kind.file');
    }
  }
}
