/** A list of pages in all its states: loading, refused, empty, long. */
import type { ReactNode } from 'react';
import { EmptyNote, FailureNote, LoadingNote } from './notes.tsx';
import type { Pages } from './use-pages.ts';
import { VirtualList } from './virtual-list.tsx';

interface PagedListProps<T> {
  readonly label: string;
  readonly pages: Pages<T>;
  /** Said instead of an empty list. */
  readonly empty: string;
  readonly keyOf: (item: T) => string;
  readonly row: (item: T) => ReactNode;
}

export function PagedList<T>({ label, pages, empty, keyOf, row }: PagedListProps<T>) {
  const { items, state, failure, hasMore, more, reload } = pages;
  return (
    <>
      {failure !== undefined && <FailureNote failure={failure} onRetry={() => void reload()} />}
      {state === 'loading' && <LoadingNote />}
      {state === 'ready' && items.length === 0 && <EmptyNote text={empty} />}
      {items.length > 0 && (
        <VirtualList
          label={label}
          items={items}
          hasMore={hasMore}
          keyOf={keyOf}
          row={row}
          onEnd={more}
        />
      )}
    </>
  );
}
