/** Who is in a channel and what was published in it last. */
import { useState } from 'react';
import type { MethodOutput } from '@carillon/client';
import type { ConsoleFailure } from '../shell/console-api.ts';
import { EmptyNote, FailureNote, LoadingNote } from '../shell/notes.tsx';
import { useConsole, usePolling } from '../shell/use-console.ts';
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';

type Detail = MethodOutput<'console.channel'>;

const REFRESH_MS = 3_000;
const SHOWN_PEOPLE = 50;

export function ChannelDetail({ channel }: { channel: string }) {
  const { count } = useConsoleTexts();
  const { call } = useConsole();
  const [detail, setDetail] = useState<Detail | undefined>(undefined);
  const [failure, setFailure] = useState<ConsoleFailure | undefined>(undefined);
  const ask = async (): Promise<void> => {
    const answer = await call('console.channel', { channel });
    if (answer.ok) setDetail(answer.value);
    setFailure(answer.ok ? undefined : answer);
  };
  usePolling(ask, REFRESH_MS, channel);
  return (
    <section className="co-card co-detail" aria-labelledby="channel-title">
      <h2 id="channel-title">{channel}</h2>
      {failure !== undefined && <FailureNote failure={failure} onRetry={() => void ask()} />}
      {detail === undefined && failure === undefined && <LoadingNote />}
      {detail !== undefined && (
        <>
          <p>{count('channels.subscribers', detail.subscribers)}</p>
          <People presence={detail.presence} />
          <History history={detail.history} />
        </>
      )}
    </section>
  );
}

function People({ presence }: { presence: Detail['presence'] | undefined }) {
  const { t } = useConsoleTexts();
  if (presence === undefined) return <EmptyNote text={t('channel.noPresence')} />;
  const names = new Map<string, number>();
  for (const { user } of presence.clients) names.set(user, (names.get(user) ?? 0) + 1);
  const shown = [...names].slice(0, SHOWN_PEOPLE);
  const rest = names.size - shown.length;
  return (
    <>
      <h3>{t('channel.people', { n: presence.connections })}</h3>
      <ul className="co-chips">
        {shown.map(([user, connections]) => (
          <li key={user} className="co-chip">
            {user === '' ? t('channel.nameless') : user}
            {connections > 1 && ` × ${connections}`}
          </li>
        ))}
        {rest > 0 && <li>{t('channel.more', { n: rest })}</li>}
      </ul>
    </>
  );
}

function History({ history }: { history: Detail['history'] | undefined }) {
  const { t } = useConsoleTexts();
  const { count } = useFormats();
  if (history === undefined) return <EmptyNote text={t('channel.noHistory')} />;
  return (
    <>
      <h3>{t('channel.history')}</h3>
      {history.publications.length === 0 ? (
        <EmptyNote text={t('channel.historyEmpty')} />
      ) : (
        <div className="co-history" role="region" aria-label={t('channel.history')} tabIndex={0}>
          <ol>
            {history.publications.map((publication, index) => (
              <li key={publication.offset ?? index}>
                <span className="co-offset">
                  {publication.offset === undefined ? '' : count(publication.offset)}
                </span>
                <code>{JSON.stringify(publication.data)}</code>
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}
