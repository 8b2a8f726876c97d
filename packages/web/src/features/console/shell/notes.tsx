/** What a part says when it has nothing to show, waits, or was refused. */
import type { ConsoleFailure } from './console-api.ts';
import { useConsoleTexts } from '../use-console-texts.ts';
import type { ConsoleText } from '../use-console-texts.ts';

export function failureText(t: ConsoleText, { status, message }: ConsoleFailure): string {
  if (status === 'unreachable') return t('failure.unreachable');
  if (status === 503) return t('failure.storage');
  if (status === 429) return t('failure.tooMany');
  return message === undefined ? t('failure.other', { status }) : t('failure.said', { message });
}

export function FailureNote({
  failure,
  onRetry,
}: {
  failure: ConsoleFailure;
  onRetry?: () => void;
}) {
  const { t } = useConsoleTexts();
  return (
    <div className="co-note bad" role="alert">
      <p>{failureText(t, failure)}</p>
      {onRetry !== undefined && (
        <button type="button" className="button quiet small" onClick={onRetry}>
          {t('failure.retry')}
        </button>
      )}
    </div>
  );
}

export function LoadingNote() {
  const { t } = useConsoleTexts();
  return (
    <p className="co-note" role="status">
      {t('list.loading')}
    </p>
  );
}

export const EmptyNote = ({ text }: { text: string }) => <p className="co-note">{text}</p>;
