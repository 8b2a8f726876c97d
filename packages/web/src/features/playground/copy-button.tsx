/** Copies a text and says so for a moment. */
import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from '../../ui/icons.tsx';

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  readonly copied: string;
}

const COPIED_FOR_MS = 2_000;

export function CopyButton({ text, label, copied }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Refused, or no secure context: the text can still be selected by hand.
      setCopied(false);
    }
  };

  return (
    <button className="button quiet small" type="button" onClick={() => void copy()}>
      {isCopied ? <CheckIcon /> : <CopyIcon />}
      <span aria-live="polite">{isCopied ? copied : label}</span>
    </button>
  );
}
