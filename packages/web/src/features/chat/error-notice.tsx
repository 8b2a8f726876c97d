/** What the server refused, kindly, until it is dismissed or a while has passed. */
import { useEffect } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { CloseIcon } from '../../ui/icons.tsx';
import { explainError } from './errors.ts';
import type { RoomError } from './room.ts';

const SHOWN_FOR_MS = 8_000;

export function ErrorNotice({ error, onDismiss }: { error: RoomError; onDismiss: () => void }) {
  const { t } = useText();
  useEffect(() => {
    const timer = setTimeout(onDismiss, SHOWN_FOR_MS);
    return () => clearTimeout(timer);
    // The timer belongs to this error, not to the callback's identity.
  }, [error]);
  const { key, params } = explainError(error);
  return (
    <div className="notice bad" role="alert">
      <span>{t(key, params)}</span>
      <button
        type="button"
        className="icon-button"
        aria-label={t('ui.dismiss')}
        onClick={onDismiss}
      >
        <CloseIcon size={18} />
      </button>
    </div>
  );
}
