/** A message of mine that the server has not confirmed yet, and what can be done about it. */
import { ClockTime } from '../../../ui/clock-time.tsx';
import { ClockIcon, WarningIcon } from '../../../ui/icons.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { MessageBody } from './message-body.tsx';
import type { PendingRowModel } from './rows.ts';

interface PendingRowProps {
  readonly row: PendingRowModel;
  readonly onRetry: () => void;
  readonly onDelete: () => void;
}

export function PendingRow({ row, onRetry, onDelete }: PendingRowProps) {
  const { t } = useMessengerText();
  const { pending, isFirst, isLast, at } = row;
  const { state, error } = pending;
  const isFailed = state === 'failed';
  return (
    <article
      className={`message own pending ${state}${isFirst ? ' first' : ''}${isLast ? ' last' : ''}`}
      aria-label={t('thread.you')}
    >
      <div className="message-body">
        <p className="visually-hidden">{t('thread.you')}</p>
        <MessageBody message={pending} />
        <p className={isLast ? `meta${isFailed ? ' failed' : ''}` : 'visually-hidden'}>
          <ClockTime at={at} />
          <span className="mark">
            {isFailed ? <WarningIcon /> : <ClockIcon />}
            {isFailed && error !== undefined
              ? t('mark.why', { message: error.message })
              : t(`mark.${state}`)}
          </span>
        </p>
        {isFailed && (
          <p className="meta">
            <button type="button" className="text-button" onClick={onRetry}>
              {t('mark.retry')}
            </button>
            <button type="button" className="text-button" onClick={onDelete}>
              {t('mark.delete')}
            </button>
          </p>
        )}
      </div>
    </article>
  );
}
