/** Appears when the line has been lost for two seconds: what waits, what happens next, a way not to wait. */
import type { ConnectionState } from '@carillon/client';
import { useEffect, useState } from 'react';
import { useNow } from '../../../ui/use-now.ts';
import { useMessenger, useReadable } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';

const SHOW_AFTER_MS = 2_000;
const BACK_FOR_MS = 4_000;

export function ConnectionBanner() {
  const { t } = useMessengerText();
  const { client, signOut } = useMessenger();
  const connection = useReadable(client.state);
  const lostAtMs = 'lostAtMs' in connection ? connection.lostAtMs : undefined;
  const now = useNow(lostAtMs !== undefined);
  const isLost = lostAtMs !== undefined && now - lostAtMs >= SHOW_AFTER_MS;
  const isBack = useIsBack(isLost, connection.status === 'connected');

  if (connection.status === 'closed') {
    const hasGivenUp = connection.why.code < 3500;
    return (
      <div className="banner bad" role="alert">
        <span>{t('banner.closed', { reason: connection.why.reason || connection.why.code })}</span>
        <button
          type="button"
          className="button quiet small"
          onClick={() => (hasGivenUp ? client.connect() : signOut())}
        >
          {t(hasGivenUp ? 'banner.retry' : 'banner.signIn')}
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
  return isLost ? <LostBanner connection={connection} now={now} /> : null;
}

function LostBanner({ connection, now }: { connection: ConnectionState; now: number }) {
  const { t, count } = useMessengerText();
  const { client, outbox } = useMessenger();
  const waiting = useReadable(outbox.items).length;
  const isOffline = connection.status === 'offline';
  const steady = t(isOffline ? 'banner.offline' : 'banner.trying');
  const seconds =
    connection.status === 'waiting'
      ? Math.max(1, Math.ceil((connection.retryAtMs - now) / 1000))
      : 0;
  return (
    <div className="banner">
      {/* The countdown would be read out every second; a screen reader gets one steady sentence. */}
      <span className="visually-hidden" role="status">
        {steady}
      </span>
      <span aria-hidden="true">{seconds > 0 ? t('banner.lost', { seconds }) : steady}</span>
      {waiting > 0 && <span className="banner-queue">{count('banner.queued', waiting)}</span>}
      {!isOffline && (
        <button
          type="button"
          className="button quiet small"
          disabled={connection.status !== 'waiting'}
          onClick={() => client.retryNow()}
        >
          {t('banner.retry')}
        </button>
      )}
    </div>
  );
}

/** True for a moment after a loss that was shown has ended. */
function useIsBack(isLost: boolean, isConnected: boolean): boolean {
  const [wasLost, setWasLost] = useState(false);
  if (isLost && !wasLost) setWasLost(true);
  useEffect(() => {
    if (!wasLost || !isConnected) return;
    const timer = setTimeout(() => setWasLost(false), BACK_FOR_MS);
    return () => clearTimeout(timer);
  }, [wasLost, isConnected]);
  return wasLost && isConnected;
}
