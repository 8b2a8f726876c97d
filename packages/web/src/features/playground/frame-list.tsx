/**
 * The frames, one line each, drawn only where they are looked at. One stop for the keyboard; arrows
 * move the choice. Stays at the end while new frames come, unless the visitor has scrolled away.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { KeyboardEvent } from 'react';
import { FrameRowView } from './frame-row-view.tsx';
import type { FrameRow } from './frame-rows.ts';
import { usePlaygroundTexts } from './use-playground-texts.ts';

interface FrameListProps {
  readonly rows: readonly FrameRow[];
  readonly selectedId: number | undefined;
  readonly onSelect: (id: number) => void;
}

const isTouch = globalThis.matchMedia('(pointer: coarse)').matches;
const ROW_PX = isTouch ? 44 : 34;
const NEAR_END_PX = 60;
const PAGE_ROWS = 10;

export function FrameList({ rows, selectedId, onSelect }: FrameListProps) {
  const { t } = usePlaygroundTexts();
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (index) => rows[index]?.frame.id ?? index,
    useFlushSync: false,
  });
  const last = rows.at(-1)?.frame.id;
  useEffect(() => {
    if (isAtEnd.current && rows.length > 0) virtualizer.scrollToIndex(rows.length - 1);
  }, [last, rows.length, virtualizer]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const now = rows.findIndex(({ frame }) => frame.id === selectedId);
    const next = indexAfterKey(event.key, now, rows.length);
    const row = next === undefined ? undefined : rows[next];
    if (next === undefined || row === undefined) return;
    event.preventDefault();
    isAtEnd.current = next === rows.length - 1;
    virtualizer.scrollToIndex(next);
    onSelect(row.frame.id);
  };

  return (
    <div
      ref={scroller}
      className="pg-frames"
      role="listbox"
      tabIndex={0}
      aria-label={t('log.title')}
      aria-description={t('log.keys')}
      aria-activedescendant={selectedId === undefined ? undefined : `frame-${selectedId}`}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: box }) => {
        isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
      }}
    >
      <div className="pg-frames-space" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <FrameRowView
              key={key}
              row={row}
              isSelected={row.frame.id === selectedId}
              place={{ index, total: rows.length, topPx: start, heightPx: ROW_PX }}
              onSelect={onSelect}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Where the choice goes; undefined for other keys. Nothing chosen yet counts as behind the last. */
function indexAfterKey(key: string, now: number, length: number): number | undefined {
  const from = now < 0 ? length : now;
  const to: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(length - 1, from + 1),
    ArrowUp: Math.max(0, from - 1),
    PageDown: Math.min(length - 1, from + PAGE_ROWS),
    PageUp: Math.max(0, from - PAGE_ROWS),
    Home: 0,
    End: length - 1,
  };
  return to[key];
}
