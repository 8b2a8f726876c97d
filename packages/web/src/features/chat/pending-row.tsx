/** A message of mine that the server has not confirmed yet, and what can be done about it. */
import { useText } from '../../i18n/use-text.ts';
import { ClockTime } from '../../ui/clock-time.tsx';
import { LockIcon } from '../../ui/icons.tsx';
import type { OutboxItem } from './outbox.ts';

interface PendingRowProps {
  readonly item: OutboxItem;
  readonly onRetry: () => void;
  readonly onDelete: () => void;
}

export function PendingRow({ item, onRetry, onDelete }: PendingRowProps) {
  const { t } = useText();
  const isFailed = item.state === 'failed';
  return (
    <li className={`message own first pending${item.to === undefined ? '' : ' private'}`}>
      <div className="message-body">
        <p className="visually-hidden">{t('room.you')}</p>
        <p className="bubble">{item.text}</p>
        <p className={`meta${isFailed ? ' failed' : ''}`}>
          {item.to !== undefined && (
            <span className="private-mark">
              <LockIcon />
              {t('room.privateTo', { name: item.to })}
            </span>
          )}
          <span>{t(stateText(item))}</span>
          {isFailed && (
            <>
              <button type="button" className="text-button" onClick={onRetry}>
                {t('pending.retry')}
              </button>
              <button type="button" className="text-button" onClick={onDelete}>
                {t('pending.delete')}
              </button>
            </>
          )}
          <ClockTime at={item.at} />
        </p>
      </div>
    </li>
  );
}

function stateText({ state }: OutboxItem) {
  if (state === 'failed') return 'pending.failed';
  return state === 'sending' ? 'pending.sending' : 'pending.queued';
}
