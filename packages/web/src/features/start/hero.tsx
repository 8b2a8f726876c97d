/** The head of the start page: one sentence, two ways on, and a picture of it all. */
import { useSyncExternalStore } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { ChatIcon } from '../../ui/icons.tsx';
import { HeroPicture } from './hero-picture.tsx';
import type { Demo } from './use-demo.ts';

export function Hero({ demo }: { demo: Demo | undefined }) {
  const { t } = useText();
  return (
    <section className="hero">
      <div>
        <h1>{t('start.title')}</h1>
        <p className="lead">{t('start.lead')}</p>
        <p className="hero-links">
          <a className="button" href="/chat">
            <ChatIcon />
            {t('start.openChat')}
          </a>
          <a className="button quiet" href="/docs">
            {t('start.readDocs')}
          </a>
        </p>
        {demo !== undefined && <LiveMark demo={demo} />}
      </div>
      <HeroPicture label={t('start.picture')} />
    </section>
  );
}

function LiveMark({ demo }: { demo: Demo }) {
  const { t } = useText();
  const { connection } = demo.bell;
  const { status } = useSyncExternalStore(connection.subscribe, connection.getSnapshot);
  const isLive = status === 'open';
  return (
    <div className="live-mark">
      <span className={`dot ${isLive ? 'good' : 'busy'}`} />
      <span role="status">
        {t(isLive ? 'start.live' : 'start.offline')} · {t('start.you', { name: demo.user })}
      </span>
      {status === 'closed' && (
        <button type="button" className="button quiet small" onClick={() => connection.retryNow()}>
          {t('banner.retry')}
        </button>
      )}
    </div>
  );
}
