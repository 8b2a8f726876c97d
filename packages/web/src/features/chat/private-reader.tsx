/** Who alone will read what is being written, and the way back to everybody. */
import { useText } from '../../i18n/use-text.ts';
import { CloseIcon, LockIcon } from '../../ui/icons.tsx';

export function PrivateReader({ reader, onCancel }: { reader: string; onCancel: () => void }) {
  const { t } = useText();
  const label = t('compose.cancelPrivate');
  return (
    <p className="reader">
      <LockIcon />
      {t('room.privateTo', { name: reader })}
      <button
        type="button"
        className="icon-button"
        aria-label={label}
        title={label}
        onClick={onCancel}
      >
        <CloseIcon size={18} />
      </button>
    </p>
  );
}
