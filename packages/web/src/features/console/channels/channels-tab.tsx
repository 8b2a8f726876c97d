/** Channels with subscribers, and one of them from inside. */
import { useCallback, useDeferredValue, useState } from 'react';
import { EmptyNote } from '../shell/notes.tsx';
import { PagedList } from '../shell/paged-list.tsx';
import { SearchField } from '../shell/search-field.tsx';
import { useConsole } from '../shell/use-console.ts';
import { usePages } from '../shell/use-pages.ts';
import { useConsoleTexts } from '../use-console-texts.ts';
import { ChannelDetail } from './channel-detail.tsx';

const PAGE = 100;

/** `chat` finds `chat:1` as well as `a-chat`. */
const patternOf = (typed: string): string =>
  typed === '' || typed.includes('*') ? typed : `*${typed}*`;

export function ChannelsTab() {
  const { t, count } = useConsoleTexts();
  const { call } = useConsole();
  const [typed, setTyped] = useState('');
  const pattern = patternOf(useDeferredValue(typed.trim()));
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const load = useCallback(
    async (cursor: string | undefined) => {
      const answer = await call('console.channels', {
        limit: PAGE,
        ...(pattern === '' ? {} : { pattern }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (!answer.ok) return answer;
      const { channels, next } = answer.value;
      return { ok: true as const, value: { items: channels, next } };
    },
    [call, pattern],
  );
  const pages = usePages(load, pattern);
  return (
    <div className="co-split">
      <section className="co-card" aria-labelledby="channels-title">
        <div className="co-head">
          <h2 id="channels-title">{t('channels.title')}</h2>
          <SearchField
            label={t('channels.search')}
            hint={t('channels.searchHint')}
            value={typed}
            onChange={setTyped}
          />
        </div>
        <PagedList
          label={t('channels.title')}
          pages={pages}
          empty={t(pattern === '' ? 'channels.none' : 'channels.noneFound')}
          keyOf={({ channel }) => channel}
          row={({ channel, subscribers }) => (
            <button
              type="button"
              className="co-row co-pick"
              aria-pressed={chosen === channel}
              onClick={() => setChosen(channel)}
            >
              <strong className="co-row-text">{channel}</strong>
              <span>{count('channels.subscribers', subscribers)}</span>
            </button>
          )}
        />
      </section>
      {chosen === undefined ? (
        <section className="co-card">
          <EmptyNote text={t('channel.choose')} />
        </section>
      ) : (
        <ChannelDetail key={chosen} channel={chosen} />
      )}
    </div>
  );
}
