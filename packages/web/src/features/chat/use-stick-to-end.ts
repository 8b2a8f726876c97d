/** Keeps the end of a list in view for a reader who is there, and counts what others miss. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { isNearEnd } from './scrolling.ts';

interface StickToEnd {
  readonly list: RefObject<HTMLDivElement | null>;
  /** News below, for a reader who has scrolled up. */
  readonly missed: number;
  readonly toEnd: () => void;
  readonly onScroll: () => void;
}

interface StickToEndInput {
  /** Changes with everything that makes the list longer. */
  readonly length: number;
  readonly latestId: string | undefined;
  /** Grows when I write: then the end is shown wherever I was. */
  readonly ownCount: number;
}

export function useStickToEnd({ length, latestId, ownCount }: StickToEndInput): StickToEnd {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lastOwnCount = useRef(ownCount);
  const [missed, setMissed] = useState(0);

  const toEnd = (): void => {
    isAtEnd.current = true;
    setMissed(0);
    list.current?.scrollTo({ top: list.current.scrollHeight });
  };

  useLayoutEffect(() => {
    const hasWritten = ownCount > lastOwnCount.current;
    lastOwnCount.current = ownCount;
    if (isAtEnd.current || hasWritten) toEnd();
  }, [length, ownCount]);

  useEffect(() => {
    if (latestId !== undefined && !isAtEnd.current) setMissed((n) => n + 1);
  }, [latestId]);

  // A keyboard that opens or a composer that grows makes the list shorter.
  useEffect(() => {
    if (list.current === null) return;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) toEnd();
    });
    observer.observe(list.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    if (list.current === null) return;
    isAtEnd.current = isNearEnd(list.current);
    if (isAtEnd.current) setMissed(0);
  };
  return { list, missed, toEnd, onScroll };
}
