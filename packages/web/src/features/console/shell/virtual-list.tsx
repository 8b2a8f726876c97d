/** A list of which only the rows in view are in the document; the next page loads near its end. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface VirtualListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly hasMore: boolean;
  readonly keyOf: (item: T) => string;
  readonly row: (item: T) => ReactNode;
  readonly onEnd: () => void;
}

const ROW_HEIGHT = 64;
const OVERSCAN = 8;
/** Rows before the end at which more is asked for. */
const AHEAD = 15;

export function VirtualList<T>(props: VirtualListProps<T>) {
  const { label, items, hasMore, keyOf, row, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= items.length - AHEAD) onEnd();
  }, [hasMore, last, items.length, onEnd]);
  return (
    <div ref={scroller} className="co-list" role="region" aria-label={label} tabIndex={0}>
      <ul style={{ height: virtualizer.getTotalSize() }}>
        {rows.map(({ index, key, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <li
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              aria-setsize={hasMore ? -1 : items.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
            >
              {row(item)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
