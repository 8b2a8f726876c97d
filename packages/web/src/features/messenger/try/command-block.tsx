/** A command to paste into a terminal, with a button that copies it. */
import { useEffect, useState } from 'react';
import { useText } from '../../../i18n/use-text.ts';
import { CheckIcon, CopyIcon } from '../../../ui/icons.tsx';

const COPIED_FOR_MS = 2_000;

export function CommandBlock({ label, command }: { label: string; command: string }) {
  const { t } = useText();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(command);
      setCopied(true);
    } catch {
      // Refused, or no secure context: the text can still be selected by hand.
      setCopied(false);
    }
  };

  return (
    <div className="command">
      <div className="command-head">
        <span>{label}</span>
        <button
          type="button"
          className="command-copy"
          aria-label={`${t('ui.copy')}: ${label}`}
          onClick={() => void copy()}
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
