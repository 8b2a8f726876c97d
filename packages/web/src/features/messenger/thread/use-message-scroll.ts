/**
 * Where the reader is in a long list of rows of unknown height, and what must not move them: the
 * virtualiser holds the row under the eye by its key when rows are put before it or grow.
 */
import type { ConversationState } from '@carillon/client';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useMessenger, useReadable } from '../messenger.ts';
import type { Row } from './rows.ts';

/** Within this distance of the end the reader counts as being at the end. */
const NEAR_END_PX = 100;
/** This close to the top, older messages are asked for. */
const NEAR_TOP_PX = 600;

/** How long the floating date stays after the last movement. */
const FLOATING_MS = 1_500;

/** Heights until a row has been measured. */
const ESTIMATED_PX: Readonly<Record<Row['kind'], number>> = {
  message: 72,
  pending: 72,
  day: 56,
  unread: 52,
  beginning: 72,
};

interface MessageScrollInput {
  readonly rows: readonly Row[];
  readonly state: ConversationState;
  readonly sentCount: number;
  readonly me: string;
  readonly onNearTop: () => void;
}

export function useMessageScroll({ rows, state, sentCount, me, onNearTop }: MessageScrollInput) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ESTIMATED_PX[rows[index]?.kind ?? 'message'],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    paddingStart: 12,
    paddingEnd: 12,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END_PX,
  });
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = growsAbove;
  useFirstPosition(rows, virtualizer);

  const toEnd = (): void => {
    virtualizer.scrollToEnd();
    setAtEnd(true);
  };
  const lastSent = useRef(sentCount);
  useLayoutEffect(() => {
    if (sentCount === lastSent.current) return;
    lastSent.current = sentCount;
    toEnd();
  });

  const look = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const distance = scrollHeight - scrollTop - clientHeight;
    setAtEnd(distance <= NEAR_END_PX);
    if (scrollTop < NEAR_TOP_PX && rows.length > 0) onNearTop();
  };
  const floatingDate = useFloatingDate();
  const handleScroll = (): void => {
    look();
    if (scroller.current === null) return;
    const { scrollTop, scrollHeight, clientHeight } = scroller.current;
    const isNearEnd = scrollHeight - scrollTop - clientHeight <= NEAR_END_PX;
    const top = virtualizer.getVirtualItems().find(({ end }) => end > scrollTop + 8);
    const row = top === undefined ? undefined : rows[top.index];
    floatingDate.show(row?.kind === 'message' && !isNearEnd ? row.at : undefined);
  };
  const isConnected = useReadable(useMessenger().client.state).status === 'connected';
  // Nobody scrolls where older messages do not fill the screen, or where loading them has failed.
  useEffect(look, [rows, isConnected]);

  return {
    scroller,
    isAtEnd,
    floatingDate: floatingDate.at,
    missed: useMissed(state, isAtEnd, me),
    items: virtualizer.getVirtualItems(),
    totalHeight: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
    toEnd,
    toStart: () => virtualizer.scrollToOffset(0),
    onScroll: handleScroll,
  };
}

/** Shown while the list moves, and a moment longer. */
function useFloatingDate() {
  const [at, setAt] = useState<number>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const show = (next: number | undefined): void => {
    setAt(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAt(undefined), FLOATING_MS);
  };
  return { at, show };
}

/**
 * What changes its height above the eye moves the list along with it, in whatever direction one
 * scrolls: the message that was the first of its group is not any more once older ones are there.
 */
const growsAbove: NonNullable<
  Virtualizer<HTMLDivElement, HTMLLIElement>['shouldAdjustScrollPositionOnItemSizeChange']
> = (item, _delta, { scrollOffset, itemSizeCache }) =>
  (itemSizeCache.has(item.key) ? item.end : item.start + 1) <= (scrollOffset ?? 0);

interface Positioned {
  scrollToEnd: () => void;
  scrollToIndex: (index: number, options: { readonly align: 'start' }) => void;
}

/** Opens at the first unread message, else at the end. */
function useFirstPosition(rows: readonly Row[], virtualizer: Positioned): void {
  const isPlaced = useRef(false);
  useLayoutEffect(() => {
    if (isPlaced.current || rows.length === 0) return;
    isPlaced.current = true;
    const unread = rows.findIndex(({ kind }) => kind === 'unread');
    if (unread === -1) virtualizer.scrollToEnd();
    else virtualizer.scrollToIndex(Math.max(0, unread), { align: 'start' });
  }, [rows, virtualizer]);
}

/** Messages of others that came while the reader was not at the end. */
function useMissed({ messages }: ConversationState, isAtEnd: boolean, me: string): number {
  const lastSeq = messages.at(-1)?.seq ?? 0;
  const seen = useRef(lastSeq);
  if (isAtEnd || seen.current === 0) seen.current = lastSeq;
  let missed = 0;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message === undefined || message.seq <= seen.current) break;
    if (message.sender !== me) missed += 1;
  }
  return missed;
}
