/** The end of what is loaded: asks for more when it comes into view, or when it is pressed. */
import { useEffect, useRef } from 'react';

interface EndOfListProps {
  readonly label: string;
  /** Where it fails, the button stays and can be pressed again. */
  readonly onReached: () => Promise<void>;
}

function load(onReached: () => Promise<void>): void {
  onReached().catch(() => undefined);
}

export function EndOfList({ label, onReached }: EndOfListProps) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onReached);
  latest.current = onReached;
  useEffect(() => {
    if (button.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) load(latest.current);
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, []);
  return (
    <button ref={button} type="button" className="text-button more" onClick={() => load(onReached)}>
      {label}
    </button>
  );
}
