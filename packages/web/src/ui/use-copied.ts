/** Copies a text and knows for a moment that it did. */
import { useEffect, useState } from 'react';

const COPIED_FOR_MS = 2_000;

export function useCopied(text: string): { isCopied: boolean; copy: () => void } {
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
  return { isCopied, copy: () => void copy() };
}
