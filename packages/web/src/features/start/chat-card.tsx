/** Talk in two windows: two links, two names. */
import { useText } from '../../i18n/use-text.ts';
import { JoinPicture } from '../chat/join-picture.tsx';

const FIRST = '/chat?name=Ana';
const SECOND = '/chat?name=Ben';

export function ChatCard() {
  const { t } = useText();
  return (
    <section className="card" aria-labelledby="chat-title">
      <div className="card-try">
        <h2 id="chat-title">{t('try.chat.title')}</h2>
        <p className="card-lead">{t('try.chat.lead')}</p>
        <p className="hero-links">
          <a className="button" href={FIRST}>
            {t('start.openChat')}
          </a>
          <a className="button quiet" href={SECOND} target="_blank" rel="noopener">
            {t('try.chat.second')}
          </a>
        </p>
      </div>
      <div className="card-live centred">
        <JoinPicture />
      </div>
    </section>
  );
}
