/** Keeps a message list where its reader is: at the end, or at the same message when others come in above. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { isAtEnd, scrollTopAfter } from '@carillon/client/ui';
import type { ScrollBox } from '@carillon/client/ui';

export interface ScrollStick {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

interface ScrollStickInput {
  /** Changes with everything that changes the height. */
  readonly rows: unknown;
  /** Of the oldest message: another one means that history came in above. */
  readonly firstKey: string | undefined;
  /** Grows when I write. */
  readonly ownCount: number;
}

const EMPTY: ScrollBox = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };

/** React 18 warns of layout effects on a server, where they do not run anyway. */
const useBrowserLayoutEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

export function useScrollStick({ rows, firstKey, ownCount }: ScrollStickInput): ScrollStick {
  const list = useRef<HTMLDivElement>(null);
  const before = useRef({ box: EMPTY, firstKey, ownCount });
  const [isEnd, setIsEnd] = useState(true);

  const note = (): void => {
    if (list.current === null) return;
    before.current = { box: boxOf(list.current), firstKey, ownCount };
    setIsEnd(isAtEnd(before.current.box));
  };
  useBrowserLayoutEffect(() => {
    if (list.current === null) return;
    const was = before.current;
    const top = scrollTopAfter({
      before: was.box,
      after: boxOf(list.current),
      hasPrepended: was.firstKey !== undefined && was.firstKey !== firstKey,
      hasOwnNew: ownCount > was.ownCount,
    });
    if (top !== undefined) list.current.scrollTop = top;
    note();
  }, [rows]);

  // A keyboard that opens or pictures that arrive change heights without new rows.
  useEffect(() => {
    if (list.current === null || typeof ResizeObserver === 'undefined') return;
    const element = list.current;
    const observer = new ResizeObserver(() => {
      if (isAtEnd(before.current.box)) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);

  return {
    list,
    isAtEnd: isEnd,
    onScroll: note,
    toEnd: () => {
      if (list.current === null) return;
      list.current.scrollTop = list.current.scrollHeight;
      note();
    },
  };
}

const boxOf = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement): ScrollBox => ({
  scrollTop,
  scrollHeight,
  clientHeight,
});
