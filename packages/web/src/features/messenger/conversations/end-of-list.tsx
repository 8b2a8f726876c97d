/** The end of what is loaded: asks for more when it comes into view, or when it is pressed. */
import { useEffect, useRef } from 'react';

interface EndOfListProps {
  readonly label: string;
  readonly onReached: () => void;
}

export function EndOfList({ label, onReached }: EndOfListProps) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onReached);
  latest.current = onReached;
  useEffect(() => {
    if (button.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, []);
  return (
    <button ref={button} type="button" className="text-button more" onClick={onReached}>
      {label}
    </button>
  );
}
