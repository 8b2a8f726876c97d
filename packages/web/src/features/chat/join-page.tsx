/** The way in: a picture, one sentence, why one was turned away, and the form. */
import { useId } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { TopBar } from '../../ui/top-bar.tsx';
import type { Arrival } from './arrival.ts';
import type { Explanation } from './errors.ts';
import { JoinForm } from './join-form.tsx';
import { JoinPicture } from './join-picture.tsx';

interface JoinPageProps {
  readonly wish: Arrival;
  readonly problem: Explanation | undefined;
  readonly onJoin: (wish: Arrival) => Promise<void>;
}

export function JoinPage({ wish, problem, onJoin }: JoinPageProps) {
  const { t } = useText();
  const titleId = useId();
  return (
    <div className="join">
      <TopBar current="chat" />
      <main className="join-card" aria-labelledby={titleId}>
        <JoinPicture />
        <h1 id={titleId}>{t('join.title')}</h1>
        <p className="lead">{t('join.lead')}</p>
        {problem !== undefined && (
          <p className="notice bad" role="alert">
            {t(problem.key, problem.params)}
          </p>
        )}
        <JoinForm wish={wish} wantsToken={problem?.key === 'closed.unauthorized'} onJoin={onJoin} />
      </main>
    </div>
  );
}
