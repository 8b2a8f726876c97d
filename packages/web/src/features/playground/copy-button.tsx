/** Copies a text and says so for a moment. */
import { CheckIcon, CopyIcon } from '../../ui/icons.tsx';
import { useCopied } from '../../ui/use-copied.ts';

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  readonly copied: string;
}

export function CopyButton({ text, label, copied }: CopyButtonProps) {
  const { isCopied, copy } = useCopied(text);
  return (
    <button className="button quiet small" type="button" onClick={copy}>
      {isCopied ? <CheckIcon /> : <CopyIcon />}
      <span aria-live="polite">{isCopied ? copied : label}</span>
    </button>
  );
}
