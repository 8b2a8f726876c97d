/** Appears when the line has been lost for two seconds: what happens next, and a way not to wait. */
import { useEffect, useState } from 'react';
import { GAVE_UP } from '../../connection/connection-state.ts';
import type { ConnectionState } from '../../connection/connection-state.ts';
import { useText } from '../../i18n/use-text.ts';
import { explainClose } from './errors.ts';
import { useNow } from '../../ui/use-now.ts';

const SHOW_AFTER_MS = 2_000;
const BACK_FOR_MS = 4_000;

interface ConnectionBannerProps {
  readonly connection: ConnectionState;
  readonly onRetry: () => void;
  readonly onConnect: () => void;
}

export function ConnectionBanner({ connection, onRetry, onConnect }: ConnectionBannerProps) {
  const { t } = useText();
  const lostAtMs = 'lostAtMs' in connection ? connection.lostAtMs : undefined;
  const now = useNow(lostAtMs !== undefined);
  const isLost = lostAtMs !== undefined && now - lostAtMs >= SHOW_AFTER_MS;
  const isBack = useIsBack(isLost, connection.status === 'open');

  if (connection.status === 'closed') {
    const { key, params } = explainClose(connection.why);
    const hasGivenUp = connection.why === GAVE_UP;
    return (
      <div className="banner bad" role="alert">
        <span>{t(key, params)}</span>
        <button
          type="button"
          className="button quiet small"
          onClick={hasGivenUp ? onRetry : onConnect}
        >
          {t(hasGivenUp ? 'banner.retry' : 'join.connect')}
        </button>
      </div>
    );
  }
  if (isBack) {
    return (
      <p className="banner good" role="status">
        {t('banner.back')}
      </p>
    );
  }
  if (!isLost) return null;
  const retryAtMs = connection.status === 'waiting' ? connection.retryAtMs : now;
  const seconds = Math.max(1, Math.ceil((retryAtMs - now) / 1000));
  const isWaiting = connection.status === 'waiting';
  return (
    <div className="banner">
      {/* The countdown would be read out every second; a screen reader gets one steady sentence. */}
      <span className="visually-hidden" role="status">
        {t('banner.trying')}
      </span>
      <span aria-hidden="true">
        {isWaiting ? t('banner.lost', { seconds }) : t('banner.trying')}
      </span>
      <button type="button" className="button quiet small" disabled={!isWaiting} onClick={onRetry}>
        {t('banner.retry')}
      </button>
    </div>
  );
}

/** True for a moment after a loss that was shown has ended. */
function useIsBack(isLost: boolean, isOpen: boolean): boolean {
  const [wasLost, setWasLost] = useState(false);
  if (isLost && !wasLost) setWasLost(true);
  useEffect(() => {
    if (!wasLost || !isOpen) return;
    const timer = setTimeout(() => setWasLost(false), BACK_FOR_MS);
    return () => clearTimeout(timer);
  }, [wasLost, isOpen]);
  return wasLost && isOpen;
}
