/** All my conversations, the most recently active first: filter them, open one, start one. */
import { useDeferredValue, useState } from 'react';
import { CloseIcon, PlusIcon, SearchIcon } from '../../../ui/icons.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { useRovingFocus } from '../shell/use-roving-focus.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { ConversationLink } from './conversation-link.tsx';
import { EndOfList } from './end-of-list.tsx';
import { matching } from './list-rules.ts';

interface ConversationListProps {
  readonly openId: string | undefined;
  readonly onNew: () => void;
}

export function ConversationList({ openId, onNew }: ConversationListProps) {
  const { t } = useMessengerText();
  const { chat, user } = useMessenger();
  const list = useReadable(chat.conversations);
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const shown = matching(list.items, wanted, user);
  const roving = useRovingFocus(
    shown.map(({ id }) => id),
    openId,
  );
  return (
    <section className="conversations" aria-labelledby="conversations-title">
      <div className="conversations-head">
        <h2 id="conversations-title">{t('list.title')}</h2>
        <button
          type="button"
          className="icon-button accent"
          aria-label={t('list.new')}
          title={t('list.new')}
          onClick={onNew}
        >
          <PlusIcon />
        </button>
      </div>
      <SearchField value={query} onChange={setQuery} />
      <div className="conversations-scroll">
        <ul aria-label={t('list.title')} onKeyDown={roving.onKeyDown}>
          {shown.map((item) => (
            <li key={item.id}>
              <ConversationLink
                item={item}
                isOpen={item.id === openId}
                roving={roving.itemProps(item.id)}
              />
            </li>
          ))}
        </ul>
        <ListNote query={wanted} isEmpty={shown.length === 0} onNew={onNew} />
        {list.hasMore && wanted === '' && (
          <EndOfList label={t('list.more')} onReached={() => chat.loadMore()} />
        )}
      </div>
    </section>
  );
}

interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function SearchField({ value, onChange }: SearchFieldProps) {
  const { t } = useMessengerText();
  return (
    <div className="search-field">
      <SearchIcon />
      <input
        type="text"
        role="searchbox"
        value={value}
        placeholder={t('list.search')}
        aria-label={t('list.search')}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Escape') onChange('');
        }}
      />
      {value !== '' && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('list.clear')}
          onClick={() => onChange('')}
        >
          <CloseIcon size={18} />
        </button>
      )}
    </div>
  );
}

interface ListNoteProps {
  readonly query: string;
  readonly isEmpty: boolean;
  readonly onNew: () => void;
}

/** What stands there when no conversation does. */
function ListNote({ query, isEmpty, onNew }: ListNoteProps) {
  const { t } = useMessengerText();
  const { chat } = useMessenger();
  const { status, items } = useReadable(chat.conversations);
  if (!isEmpty) return null;
  if (status === 'loading') {
    return (
      <div className="skeletons" role="status" aria-label={t('list.loading')}>
        <span />
        <span />
        <span />
      </div>
    );
  }
  if (status === 'error') return <p className="empty-note">{t('list.error')}</p>;
  if (items.length > 0) return <p className="empty-note">{t('list.nothing', { query })}</p>;
  return (
    <div className="empty-note">
      <strong>{t('list.empty')}</strong>
      <p>{t('list.emptyLead')}</p>
      <button type="button" className="button" onClick={onNew}>
        {t('list.new')}
      </button>
    </div>
  );
}
