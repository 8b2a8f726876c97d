/** The state of the connection in words, with buttons to retry and to disconnect (E6). */
import { connectionView, countsDown } from '@carillon/client/ui';
import type { ConnectionView } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { classNames } from './class-names.ts';
import { useClock } from './use-clock.ts';
import { useConnection } from './use-connection.ts';
import type { UsedConnection } from './use-connection.ts';

export interface UsedConnectionView extends ConnectionView {
  readonly connect: UsedConnection['connect'];
  readonly retryNow: UsedConnection['retryNow'];
  readonly disconnect: UsedConnection['disconnect'];
}

/** What `<WebSocketStatus/>` shows, without a look of its own. */
export function useConnectionView(): UsedConnectionView {
  const { state, connect, retryNow, disconnect } = useConnection();
  const texts = useTexts();
  const nowMs = useClock(countsDown(state) ? 'second' : undefined);
  return { ...connectionView({ state, nowMs, texts }), connect, retryNow, disconnect };
}

export interface WebSocketStatusProps {
  readonly className?: string;
  /** @default true */
  readonly showsButtons?: boolean;
}

export function WebSocketStatus({ className, showsButtons = true }: WebSocketStatusProps) {
  const view = useConnectionView();
  const { t } = useTexts();
  return (
    <div
      className={classNames('carillon-status', className)}
      data-status={view.status}
      data-tone={view.tone}
      role="group"
      aria-label={t('status.label')}
    >
      <span className="carillon-status-dot" aria-hidden="true" />
      {/* A countdown is for eyes: what is read out changes with the state only. */}
      <span className="carillon-status-text" aria-hidden="true">
        {view.text}
      </span>
      <span className="carillon-hidden" role="status">
        {view.status === 'waiting' ? t('status.waiting') : view.text}
      </span>
      {showsButtons && <StatusButtons view={view} />}
    </div>
  );
}

function StatusButtons({ view }: { view: UsedConnectionView }) {
  const { t } = useTexts();
  return (
    <>
      {view.canConnect && (
        <button type="button" className="carillon-button" onClick={view.connect}>
          {t('status.connect')}
        </button>
      )}
      {view.canRetry && (
        <button type="button" className="carillon-button" onClick={view.retryNow}>
          {t('status.retry')}
        </button>
      )}
      {view.canDisconnect && (
        <button
          type="button"
          className="carillon-button"
          data-kind="quiet"
          onClick={view.disconnect}
        >
          {t('status.disconnect')}
        </button>
      )}
    </>
  );
}
