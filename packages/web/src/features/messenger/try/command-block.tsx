/** A command to paste into a terminal, with a button that copies it. */
import { useText } from '../../../i18n/use-text.ts';
import { CheckIcon, CopyIcon } from '../../../ui/icons.tsx';
import { useCopied } from '../../../ui/use-copied.ts';

export function CommandBlock({ label, command }: { label: string; command: string }) {
  const { t } = useText();
  const { isCopied, copy } = useCopied(command);
  return (
    <div className="command">
      <div className="command-head">
        <span>{label}</span>
        <button
          type="button"
          className="command-copy"
          aria-label={`${t('ui.copy')}: ${label}`}
          onClick={copy}
        >
          {isCopied ? <CheckIcon /> : <CopyIcon />}
          <span aria-live="polite">{t(isCopied ? 'ui.copied' : 'ui.copy')}</span>
        </button>
      </div>
      <pre>
        <code>{command}</code>
      </pre>
    </div>
  );
}
