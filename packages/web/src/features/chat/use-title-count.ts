import { useEffect, useState } from 'react';

/** Counts what arrives while the tab is not looked at, in the tab's title. */
export function useTitleCount(latestId: string | undefined, title: string): void {
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (latestId !== undefined && document.hidden) setCount((n) => n + 1);
  }, [latestId]);
  useEffect(() => {
    const reset = (): void => {
      if (!document.hidden) setCount(0);
    };
    document.addEventListener('visibilitychange', reset);
    return () => document.removeEventListener('visibilitychange', reset);
  }, []);
  useEffect(() => {
    document.title = `${count === 0 ? '' : `(${count}) `}${title} · Carillon`;
  }, [count, title]);
}
